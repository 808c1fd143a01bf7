// Objects of replies as tables of fields: one line writes a member and describes it.
#pragma once

#include "api/message.hpp"

#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <span>

namespace lacuna::api {

/// A member of a JSON object made from a T. `type` as in JSON Schema; "null" behind a bar: may be
/// null, as in "integer|null".
template <typename T>
struct Field {
    const char* name;
    const char* type;
    const char* description;
    void (*write)(std::string& out, const T& from); ///< appends the value
};

/// The members of an object, without its braces.
template <typename T>
void append_members(std::string& out, std::span<const Field<T>> fields, const T& from) {
    for (const Field<T>& f : fields) {
        if (&f != fields.data()) out += ',';
        out += '"';
        out += f.name;
        out += "\":";
        f.write(out, from);
    }
}

template <typename T>
void append_object(std::string& out, std::span<const Field<T>> fields, const T& from) {
    out += '{';
    append_members(out, fields, from);
    out += '}';
}

/// What a table says of its fields, whatever they are made from: for the description of the
/// interface.
struct FieldText {
    const char* name;
    const char* type;
    const char* description;
};

template <typename T>
std::vector<FieldText> texts(std::span<const Field<T>> fields) {
    std::vector<FieldText> list;
    for (const Field<T>& f : fields)
        list.push_back({f.name, f.type, f.description});
    return list;
}

template <typename Integer>
void append_number(std::string& out, Integer n) {
    fmt::format_to(std::back_inserter(out), "{}", n);
}

/// Six digits behind the point; what is no number becomes null.
inline void append_real(std::string& out, double x) {
    if (std::isfinite(x))
        fmt::format_to(std::back_inserter(out), "{:.6f}", x);
    else
        out += "null";
}

} // namespace lacuna::api
