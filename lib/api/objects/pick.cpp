#include "api/objects/pick.hpp"

#include "api/objects/openapi.hpp"
#include "base/split.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::api {
namespace {

/// Walks over JSON that is known to be good.
class Picker {
public:
    Picker(std::string_view in, const std::vector<std::string>& wanted)
        : in_(in), wanted_(wanted) {}

    std::string reply() {
        members([this](std::string_view, std::size_t from) {
            if (in_[from] != '[') return;
            at_ = from;
            list();
        });
        out_ += in_.substr(copied_);
        return std::move(out_);
    }

private:
    void blanks() {
        while (at_ < in_.size() && (in_[at_] == '\n' || in_[at_] == ' '))
            ++at_;
    }

    /// Passes over the value that begins here.
    void value() {
        std::size_t depth = 0;
        for (;; ++at_) {
            const char c = in_[at_];
            if (c == '"') {
                while (in_[++at_] != '"')
                    at_ += in_[at_] == '\\' ? 1 : 0;
            } else if (c == '{' || c == '[') {
                ++depth;
            } else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
                return; // a number or a word ended
            } else if (c == '}' || c == ']') {
                --depth;
            } else {
                continue;
            }
            if (depth == 0) {
                ++at_;
                return;
            }
        }
    }

    /// Calls `fn` with the name of each member of the object that begins here, and where its value
    /// begins; ends behind the object.
    template <typename Fn>
    void members(Fn fn) {
        ++at_; // {
        for (;;) {
            blanks();
            if (in_[at_] == ',') {
                ++at_;
                blanks();
            }
            if (in_[at_] == '}') break;
            const std::size_t name = at_ + 1;
            value(); // the name is a string
            const std::string_view text = in_.substr(name, at_ - 1 - name);
            ++at_; // :
            const std::size_t from = at_;
            fn(text, from);
            at_ = from;
            value();
        }
        ++at_;
    }

    void list() {
        ++at_; // [
        for (;;) {
            blanks();
            if (in_[at_] == ',') {
                ++at_;
                blanks();
            }
            if (in_[at_] == ']') return;
            if (in_[at_] == '{')
                entry();
            else
                value();
        }
    }

    void entry() {
        out_ += in_.substr(copied_, at_ - copied_);
        out_ += '{';
        const char* comma = "";
        members([&](std::string_view name, std::size_t from) {
            if (std::find(wanted_.begin(), wanted_.end(), name) == wanted_.end()) return;
            at_ = from;
            value();
            out_ += fmt::format("{}\"{}\":{}", comma, name, in_.substr(from, at_ - from));
            comma = ",";
        });
        out_ += '}';
        copied_ = at_;
    }

    const std::string_view in_;
    const std::vector<std::string>& wanted_;
    std::size_t at_ = 0;
    std::size_t copied_ = 0; ///< what lies before is in `out_`, as far as it is wanted
    std::string out_;
};

} // namespace

Outcome<std::vector<std::string>> wanted_members(const Route& route, bool report_names,
                                                 const std::string& fields) {
    const bool report = report_names && *route.report_schema != '\0';
    const std::vector<std::string> known =
        entry_members(report ? route.report_schema : route.schema);
    std::vector<std::string> wanted = split(fields, ',');
    for (std::string& name : wanted) {
        name = trimmed(name);
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        std::string names;
        for (const std::string& k : known)
            names += (names.empty() ? "" : ", ") + k;
        return Problem{400, "no such member; there are " + names, "fields"};
    }
    return wanted;
}

std::string pick_members(std::string_view body, const std::vector<std::string>& wanted) {
    return Picker(body, wanted).reply();
}

} // namespace lacuna::api
