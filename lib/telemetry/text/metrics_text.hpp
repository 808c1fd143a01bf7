// The registry as Prometheus reads it.
#pragma once

#include "telemetry/figures/registry.hpp"

#include <string>
#include <string_view>

namespace lacuna::telemetry {

enum class Format : std::uint8_t {
    prometheus,  ///< text format 0.0.4
    openmetrics, ///< OpenMetrics 1.0.0
};

/// What an HTTP Accept header asks for; OpenMetrics only where it is named and not less welcome
/// than plain text. Any text is taken: what cannot be read asks for nothing.
Format wanted_format(std::string_view accept);

/// For the Content-Type header.
const char* content_type(Format format);

/// All figures the snapshot knows. Every value is a finite number; text is valid UTF-8, escaped as
/// the format wants it.
std::string metrics_text(const Snapshot& from, Format format);

} // namespace lacuna::telemetry
