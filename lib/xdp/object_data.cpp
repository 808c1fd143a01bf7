#include "xdp/object_data.hpp"

#include <cstring>
#include <elf.h>

namespace lacuna::xdp {
namespace {

/// A record of the object, copied; false: beyond its end.
template <typename T>
bool read(std::span<const std::byte> object, std::size_t at, T& out) {
    if (at > object.size() || object.size() - at < sizeof out) return false;
    std::memcpy(&out, object.data() + at, sizeof out);
    return true;
}

bool section(std::span<const std::byte> object, const Elf64_Ehdr& head, std::size_t index,
             Elf64_Shdr& out) {
    return index < head.e_shnum && read(object, head.e_shoff + index * sizeof out, out);
}

/// Whether the text at `at` is `name`, its end included.
bool named(std::span<const std::byte> object, std::size_t at, const char* name) {
    const std::size_t size = std::strlen(name) + 1;
    return at <= object.size() && object.size() - at >= size
           && std::memcmp(object.data() + at, name, size) == 0;
}

} // namespace

bool set_object_data(std::span<std::byte> object, const char* name,
                     std::span<const std::byte> data) {
    Elf64_Ehdr head;
    if (!read(object, 0, head) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0
        || head.e_ident[EI_CLASS] != ELFCLASS64)
        return false;
    for (std::size_t i = 0; i < head.e_shnum; ++i) {
        Elf64_Shdr symbols;
        Elf64_Shdr names;
        if (!section(object, head, i, symbols)) return false;
        if (symbols.sh_type != SHT_SYMTAB || !section(object, head, symbols.sh_link, names))
            continue;
        Elf64_Sym symbol;
        for (std::size_t at = 0; at + sizeof symbol <= symbols.sh_size; at += sizeof symbol) {
            Elf64_Shdr home;
            if (!read(object, symbols.sh_offset + at, symbol)) return false;
            if (symbol.st_size != data.size()
                || !named(object, names.sh_offset + symbol.st_name, name)
                || !section(object, head, symbol.st_shndx, home) || home.sh_type != SHT_PROGBITS)
                continue;
            const std::size_t to = home.sh_offset + symbol.st_value;
            if (to > object.size() || object.size() - to < data.size()) return false;
            std::memcpy(object.data() + to, data.data(), data.size());
            return true;
        }
    }
    return false;
}

} // namespace lacuna::xdp
