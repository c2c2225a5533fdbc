#pragma once
#include "coldwave_als.h"
#include "coldwave_mel.h"
