// Where the store learns how a living run stands.
#pragma once

#include "record/recorder.hpp"
#include "store/write/live_spill.hpp"
#include "telemetry/live.hpp"

namespace lacuna::app {

/// Of a pipeline, through the view everybody else asks. Both outlive the source.
store::LiveSource live_source(const telemetry::Live& live, const pipeline::Pipeline& pipe);

/// How storing goes, as views show it.
telemetry::StoreFigures store_figures(const Recorder& recorder);

} // namespace lacuna::app
