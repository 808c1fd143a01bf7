// Prints doc/metrics.md from the registry of figures: metrics-doc > doc/metrics.md
#include "telemetry/text/metrics_doc.hpp"

#include <cstdio>

int main() {
    const std::string page = lacuna::telemetry::metrics_doc();
    return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0 : 1;
}
