#include "query/resolve.hpp"

#include "flow/fields/derived.hpp"
#include "names/given.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <vector>

namespace lacuna::app {
namespace {

/// Ids told where several were meant.
constexpr std::size_t kTold = 3;

std::string in_lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

} // namespace

Result<wire::SaIdentity> resolve_sa(const store::StoreReader& store,
                                    std::span<const store::RunId> runs, const std::string& text) {
    const std::string wanted = in_lower_case(text);
    if (const auto whole = wire::sa_parse(wanted)) return *whole;
    std::vector<std::string> found; // the first few, each once
    for (const store::RunId run : runs) {
        if (wanted.empty()) break;
        const Status s = store.each_summary(run, nullptr, [&](const flow::SaSummary& row) {
            std::string id;
            flow::append_id(id, row);
            if ((id.starts_with(wanted) || names::name_of(row) == text)
                && std::find(found.begin(), found.end(), id) == found.end())
                found.push_back(std::move(id));
            return found.size() <= kTold;
        });
        if (!s) return s.error();
    }
    if (found.size() == 1)
        if (const auto only = wire::sa_parse(found.front())) return *only;
    if (found.empty())
        return Error{"not the id of an SA, nor the beginning or the name of one in this run",
                     text.empty() ? "''" : text,
                     "ids look like macsec-0200000000010001-0 or esp-0000c0de-192.0.2.1", 2};
    std::string list;
    for (std::size_t i = 0; i < std::min(found.size(), kTold); ++i)
        list += (i != 0 ? ", " : "") + found[i];
    return Error{"several SAs begin so or are called so", text,
                 list + (found.size() > kTold ? " and more" : ""), 2};
}

} // namespace lacuna::app
