#include "names/meant.hpp"

#include "flow/fields/derived.hpp"
#include "names/given.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>

namespace lacuna::names {
namespace {

/// Ids told where several were meant.
constexpr std::size_t kTold = 3;

std::string small_letters(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

} // namespace

Meant::Meant(std::string text) : text_(std::move(text)), beginning_(small_letters(text_)) {
    whole_ = wire::sa_parse(beginning_).has_value();
    if (whole_) found_.push_back(beginning_);
}

bool Meant::offer(const flow::SaSummary& row) {
    if (whole_ || text_.empty()) return false;
    std::string id;
    flow::append_id(id, row);
    if ((id.starts_with(beginning_) || name_of(row) == text_)
        && std::find(found_.begin(), found_.end(), id) == found_.end())
        found_.push_back(std::move(id));
    return found_.size() <= kTold;
}

std::optional<wire::SaIdentity> Meant::identity() const {
    return found_.size() == 1 ? wire::sa_parse(found_.front()) : std::nullopt;
}

std::string Meant::ids() const {
    std::string list;
    for (std::size_t i = 0; i < std::min(found_.size(), kTold); ++i)
        list += (i != 0 ? ", " : "") + found_[i];
    return list + (found_.size() > kTold ? " and more" : "");
}

} // namespace lacuna::names
