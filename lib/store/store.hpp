// Runs, summaries, events and time series in RocksDB.
#pragma once

#include "store/read/reader.hpp"
#include "store/write/writer.hpp"
