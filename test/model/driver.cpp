// Reads cases as text, one packet a line, and prints what the model makes of each as a line of
// JSON.
//
//   case MEMORY MOST                        ends the case before and begins one
//   esp|macsec|shared NAME PART SOURCE NUMBER TIME [DROPS_FROM DROPS_TO]
#include "model/link.hpp"

#include <cstdio>
#include <iostream>
#include <sstream>

namespace {

void print(model::Link& link) {
    link.end();
    model::Figures sum;
    std::string flows;
    std::size_t rows = 0;
    for (const auto& identity : link.results())
        for (const model::Row& r : identity.rows) {
            sum.add(r.figures);
            std::ostringstream out;
            out << (rows++ != 0 ? "," : "") << "{\"name\":" << identity.name
                << ",\"part\":" << identity.part << ",\"source\":" << r.source
                << ",\"sources\":" << r.sources << ",\"received\":" << r.figures.received
                << ",\"first\":" << r.first << ",\"highest\":" << r.highest
                << ",\"lost\":" << r.figures.lost << ",\"outliers\":" << r.figures.outliers
                << ",\"restarts\":" << r.figures.restarts
                << ",\"interleaved\":" << (r.interleaved ? "true" : "false") << '}';
            flows += out.str();
        }
    std::cout << "{\"flows\":[" << flows << "],\"totals\":{\"flows\":" << rows
              << ",\"received\":" << sum.received << ",\"lost\":" << sum.lost
              << ",\"lost_blind\":" << sum.lost_blind << ",\"gaps\":" << sum.gaps
              << ",\"duplicates\":" << sum.duplicates << ",\"late\":" << sum.late
              << ",\"too_old\":" << sum.too_old << ",\"before_first\":" << sum.before_first
              << ",\"outliers\":" << sum.outliers << ",\"restarts\":" << sum.restarts
              << ",\"rekeys\":" << link.rekeys() << "}}\n";
}

} // namespace

int main() {
    std::unique_ptr<model::Link> link;
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream in(line);
        std::string word;
        in >> word;
        if (word == "case") {
            if (link) print(*link);
            model::Memory memory;
            in >> memory.first >> memory.most;
            link = std::make_unique<model::Link>(memory);
            continue;
        }
        model::Step s{};
        s.kind = word == "esp"      ? model::Step::esp
                 : word == "macsec" ? model::Step::macsec
                                    : model::Step::shared;
        in >> s.name >> s.part >> s.source >> s.number >> s.time;
        if (!in || !link) {
            std::fprintf(stderr, "not a packet: %s\n", line.c_str());
            return 2;
        }
        if (!(in >> s.drops_from >> s.drops_to)) s.drops_from = 0, s.drops_to = -1;
        link->packet(s);
    }
    if (link) print(*link);
    return 0;
}
