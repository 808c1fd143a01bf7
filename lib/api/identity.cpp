#include "api/identity.hpp"

#include "names/meant.hpp"

#include <fmt/format.h>

namespace lacuna::api {
namespace {

/// Rows looked at for the beginning of an id: a person waits for no more.
constexpr std::uint64_t kMostLooked = 200'000;

} // namespace

Outcome<wire::SaIdentity> identity(const Call& call, const std::string& text) {
    names::Meant meant(text);
    Range range{0, kMaxPage, {}, true};
    for (bool more = !meant.whole() && !text.empty(); more;) {
        const auto page = call.backend.flows(call.run(), {}, range);
        if (!page) return page.error();
        for (const FlowRow& row : page->entries)
            if (!(more = meant.offer(row.s))) break;
        range.offset = page->next.empty() ? range.offset + page->entries.size() : 0;
        range.after = page->next;
        more =
            more && !page->entries.empty() && (!page->next.empty() || range.offset < page->count);
        if (more && page->count > kMostLooked)
            return Problem{404,
                           fmt::format("not the whole id of an SA; of more than {} SAs no other is "
                                       "looked for",
                                       kMostLooked),
                           ""};
    }
    if (const auto id = meant.identity()) return *id;
    if (const std::string ids = meant.ids(); !ids.empty())
        return Problem{404, fmt::format("{}: {}", names::Meant::kSeveral, ids), ""};
    return Problem{404, fmt::format("{}; {}", names::Meant::kNone, names::Meant::kLike), ""};
}

} // namespace lacuna::api
