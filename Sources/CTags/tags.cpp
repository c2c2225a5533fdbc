#include "ctags.h"
#include <taglib/fileref.h>
#include <taglib/tpropertymap.h>

int coldwave_read_tags(const char *path, void *context, coldwave_tag tag) {
    // No C++ exception gets past this point.
    try {
        const TagLib::FileRef file(path, false);
        if (file.isNull() || !file.file()->isValid()) return 1;
        const TagLib::PropertyMap properties = file.file()->properties();
        for (const auto &property : properties)
            for (const auto &value : property.second)
                tag(context, property.first.toCString(true), value.toCString(true));
        return 0;
    } catch (...) {
        return 1;
    }
}
