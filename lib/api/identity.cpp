#include "api/identity.hpp"

#include "flow/fields/derived.hpp"
#include "names/given.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::api {
namespace {

/// Rows looked at for the beginning of an id: a person waits for no more.
constexpr std::uint64_t kMostLooked = 200'000;
/// Ids told where several were meant.
constexpr std::size_t kToldIds = 3;

std::string with_small_letters(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

} // namespace

Outcome<wire::SaIdentity> identity(const Call& call, const std::string& text) {
    const std::string wanted = with_small_letters(text);
    if (const auto whole = wire::sa_parse(wanted)) return *whole;
    std::vector<std::string> found; // each once
    Range range{0, kMaxPage, {}, true};
    for (bool more = !wanted.empty(); more && found.size() <= kToldIds;) {
        const auto page = call.backend.flows(call.run(), {}, range);
        if (!page) return page.error();
        for (const FlowRow& row : page->entries) {
            std::string id;
            flow::append_id(id, row.s);
            if ((id.starts_with(wanted) || names::name_of(row.s) == text)
                && std::find(found.begin(), found.end(), id) == found.end())
                found.push_back(std::move(id));
        }
        range.offset = page->next.empty() ? range.offset + page->entries.size() : 0;
        range.after = page->next;
        more = !page->entries.empty() && (!page->next.empty() || range.offset < page->count);
        if (more && page->count > kMostLooked)
            return Problem{404,
                           fmt::format("not the whole id of an SA; of more than {} SAs no other is "
                                       "looked for",
                                       kMostLooked),
                           ""};
    }
    if (found.size() == 1)
        if (const auto only = wire::sa_parse(found.front())) return *only;
    if (found.empty())
        return Problem{404,
                       "not the id of an SA, nor the beginning or the name of one in this run; ids "
                       "look like macsec-0200000000010001-0 or esp-0000c0de-192.0.2.1",
                       ""};
    std::string list;
    for (std::size_t i = 0; i < std::min(found.size(), kToldIds); ++i)
        list += (i != 0 ? ", " : "") + found[i];
    return Problem{404,
                   "several SAs begin so or are called so: " + list
                       + (found.size() > kToldIds ? " and more" : ""),
                   ""};
}

} // namespace lacuna::api
