#include "fleet/engine/text.hpp"

namespace lacuna::fleet {
namespace {

char meant(char escaped) {
    switch (escaped) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case '0':
        return '\0';
    default:
        return escaped;
    }
}

} // namespace

std::vector<std::string> read_row(std::string_view line) {
    std::vector<std::string> fields(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\t')
            fields.emplace_back();
        else if (line[i] == '\\' && i + 1 < line.size())
            fields.back() += meant(line[++i]);
        else
            fields.back() += line[i];
    }
    return fields;
}

} // namespace lacuna::fleet
