#pragma once
#include "coldwave_als.h"
#include "coldwave_centres.h"
#include "coldwave_mel.h"
#include "coldwave_neighbors.h"
#include "coldwave_scan.h"
