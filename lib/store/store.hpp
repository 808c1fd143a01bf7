// Runs, summaries, events and time series in RocksDB.
#pragma once

#include "store/reader.hpp"
#include "store/writer.hpp"
