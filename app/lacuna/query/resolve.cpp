#include "query/resolve.hpp"

#include "names/meant.hpp"

namespace lacuna::app {

Result<wire::SaIdentity> resolve_sa(const store::StoreReader& store,
                                    std::span<const store::RunId> runs, const std::string& text) {
    names::Meant meant(text);
    for (const store::RunId run : runs) {
        if (meant.whole() || text.empty()) break;
        const Status s = store.each_summary(
            run, nullptr, [&](const flow::SaSummary& row) { return meant.offer(row); });
        if (!s) return s.error();
    }
    if (const auto id = meant.identity()) return *id;
    if (const std::string ids = meant.ids(); !ids.empty())
        return Error{names::Meant::kSeveral, text, ids, 2};
    return Error{names::Meant::kNone, text.empty() ? "''" : text, names::Meant::kLike, 2};
}

} // namespace lacuna::app
