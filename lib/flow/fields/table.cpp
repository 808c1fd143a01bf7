#include "flow/fields/table.hpp"

#include <algorithm>

namespace lacuna::flow {
namespace {

constexpr bool tags_are_unique() {
    for (std::size_t i = 0; i < kFieldCount; ++i)
        for (std::size_t j = i + 1; j < kFieldCount; ++j)
            if (kFields[i].tag != 0 && kFields[i].tag == kFields[j].tag) return false;
    return true;
}
static_assert(tags_are_unique(), "a tag names one field for ever");

constexpr bool names_are_unique() {
    for (std::size_t i = 0; i < kFieldCount; ++i)
        for (std::size_t j = i + 1; j < kFieldCount; ++j)
            if (std::string_view(kFields[i].name) == kFields[j].name) return false;
    return true;
}
static_assert(names_are_unique());

/// A program of version 0.1 skips what it does not know only behind the plain fields.
constexpr bool later_fields_are_tagged() {
    return std::all_of(std::begin(kFields), std::end(kFields), [](const Field& f) {
        return f.tag == 0 || (f.tag > kLastPlain) == (f.since > 1);
    });
}
static_assert(later_fields_are_tagged());

} // namespace

const Field* find_field(std::string_view name) {
    const auto* const it = std::find_if(std::begin(kFields), std::end(kFields),
                                        [name](const Field& f) { return name == f.name; });
    return it != std::end(kFields) ? it : nullptr;
}

} // namespace lacuna::flow
