#include "pcapgen/frames/frame_kind.hpp"

#include <string_view>

namespace lacuna::pcapgen {
namespace {

constexpr const Family* kFamilies[] = {
    &kMacsec,
    &kIpsec,
    &kGeneric,
    &kCounters,
};

} // namespace

std::span<const Family* const> families() {
    return kFamilies;
}

const Family* find_family(std::string_view name) {
    for (const Family* f : kFamilies)
        if (name == f->name) return f;
    return nullptr;
}

} // namespace lacuna::pcapgen
