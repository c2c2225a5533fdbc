#pragma once
#include "coldwave_als.h"
#include "coldwave_field.h"
#include "coldwave_knn.h"
#include "coldwave_mel.h"
#include "coldwave_neighbors.h"
#include "coldwave_scan.h"
#include "coldwave_tsne.h"
