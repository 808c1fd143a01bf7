#include "telemetry/figures/registry.hpp"

namespace lacuna::telemetry {

std::vector<Figure> figures() {
    std::vector<Figure> all = traffic_figures();
    for (const auto table : {association_figures(), data_path_figures(), process_figures_table()})
        all.insert(all.end(), table.begin(), table.end());
    return all;
}

} // namespace lacuna::telemetry
