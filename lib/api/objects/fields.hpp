// Objects of replies as tables of members: one line writes a member and describes it.
#pragma once

#include "base/json_writer.hpp"
#include "report/json/field_json.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace lacuna::api {

constexpr const char* type_of(flow::Kind kind) {
    switch (kind) {
    case flow::Kind::integer:
        return "integer";
    case flow::Kind::ratio:
        return "number";
    case flow::Kind::flag:
        return "boolean";
    case flow::Kind::text:
    case flow::Kind::time:
        return "string";
    default:
        return "object";
    }
}

/// A member of a JSON object made from a T: a field of an SA or of the totals, or what `write`
/// writes. Types as in JSON Schema; "null" behind a bar: may be null, as in "integer|null".
template <typename T>
struct Member {
    using Write = void (*)(JsonWriter& json, const T& from); ///< writes the value

    const char* name;
    const char* type;
    const char* description;
    const flow::Field* field; ///< null: none
    Write write;              ///< null: the field's value as it is

    /// A field, under this name.
    constexpr Member(const char* name_, const flow::Field& f)
        : name(name_), type(type_of(f.kind)), description(f.help), field(&f), write(nullptr) {}
    /// In another form.
    constexpr Member(const char* name_, const flow::Field& f, const char* type_, Write write_)
        : name(name_), type(type_), description(f.help), field(&f), write(write_) {}
    constexpr Member(const char* name_, const char* type_, const char* description_, Write write_)
        : name(name_), type(type_), description(description_), field(nullptr), write(write_) {}
};

/// The members of an object that was begun. figures_of(from) holds the fields.
template <typename T>
void write_members(JsonWriter& json, std::span<const Member<T>> members, const T& from) {
    for (const Member<T>& m : members) {
        json.key(m.name);
        if (m.write != nullptr)
            m.write(json, from);
        else if constexpr (requires { figures_of(from); })
            report::write_value(json, *m.field, figures_of(from));
    }
}

template <typename T>
void write_object(JsonWriter& json, std::span<const Member<T>> members, const T& from) {
    json.begin_object();
    write_members(json, members, from);
    json.end_object();
}

/// `head`, and behind it, under their own names, the fields shown in `view` that it does not hold.
template <typename T>
std::vector<Member<T>> with_fields(std::span<const Member<T>> head, flow::View view) {
    std::vector<Member<T>> all(head.begin(), head.end());
    for (const flow::Field& f : flow::kFields) {
        const auto is_it = [&f](const Member<T>& m) { return m.field == &f; };
        const bool single = f.kind != flow::Kind::histogram && f.kind != flow::Kind::object;
        if ((f.in & view) != 0 && single && std::none_of(head.begin(), head.end(), is_it))
            all.emplace_back(f.name, f);
    }
    return all;
}

/// What a table says of its members, whatever they are made from: for the description of the
/// interface.
struct MemberText {
    const char* name;
    const char* type;
    const char* description;
    const flow::Field* field = nullptr; ///< null: none of the table
};

template <typename T>
std::vector<MemberText> texts(std::span<const Member<T>> members) {
    std::vector<MemberText> list;
    for (const Member<T>& m : members)
        list.push_back({m.name, m.type, m.description, m.field});
    return list;
}

} // namespace lacuna::api
