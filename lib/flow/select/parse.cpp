// The text of a filter.
#include "base/time_text.hpp"
#include "flow/fields/order.hpp"
#include "flow/fields/table.hpp"
#include "flow/select/network.hpp"
#include "flow/select/terms.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>

namespace lacuna::flow {

/// Reads from left to right, one word at a time; the first error stays.
class FilterParser {
public:
    FilterParser(std::string_view text, const Meaning& meaning) : text_(text), meaning_(meaning) {
        advance();
    }

    Result<Filter> parse() {
        if (word_.empty()) return Filter();
        any_of(0);
        if (!error_ && !word_.empty())
            fail("\"and\" or \"or\" is missing before \"" + text() + "\"");
        if (error_) return *error_;
        return std::move(filter_);
    }

private:
    using Kind = Filter::Kind;
    using Compare = Filter::Compare;
    using Node = Filter::Node;

    /// Parentheses and "not" inside each other that are followed.
    static constexpr unsigned kMostDepth = 64;
    /// Terms and what joins them.
    static constexpr std::size_t kMostNodes = 1000;

    std::string text() const { return std::string(word_); }

    static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
    static bool is_sign(char c) { return c == '<' || c == '>' || c == '=' || c == '!'; }

    /// The next word: a parenthesis, an operator, or what lies up to one or a space.
    void advance() {
        while (at_ < text_.size() && is_space(text_[at_]))
            ++at_;
        begin_ = at_;
        if (at_ < text_.size()) {
            const char first = text_[at_++];
            if (is_sign(first)) {
                while (at_ < text_.size() && is_sign(text_[at_]))
                    ++at_;
            } else if (first == '"') {
                at_ = std::min(text_.find('"', at_), text_.size() - 1) + 1;
            } else if (first != '(' && first != ')') {
                while (at_ < text_.size() && !is_space(text_[at_]) && !is_sign(text_[at_])
                       && text_[at_] != '(' && text_[at_] != ')')
                    ++at_;
            }
        }
        word_ = text_.substr(begin_, at_ - begin_);
    }

    std::size_t fail(const std::string& what, const std::string& hint = "") {
        const std::size_t column = outside_.value_or(begin_) + 1;
        if (!error_) error_ = Error{what, "filter, column " + std::to_string(column), hint, 2};
        word_ = {};
        return 0;
    }

    std::size_t add(Node node) {
        if (filter_.nodes_.size() == kMostNodes) return fail("too long");
        filter_.nodes_.push_back(node);
        return filter_.nodes_.size() - 1;
    }

    std::size_t any_of(unsigned depth) {
        std::size_t left = all_of(depth);
        while (!error_ && word_ == "or") {
            advance();
            const std::size_t right = all_of(depth);
            left = add({Kind::any_of, left, right});
        }
        return left;
    }

    std::size_t all_of(unsigned depth) {
        std::size_t left = one(depth);
        while (!error_ && word_ == "and") {
            advance();
            const std::size_t right = one(depth);
            left = add({Kind::all_of, left, right});
        }
        return left;
    }

    std::size_t one(unsigned depth) {
        if (depth == kMostDepth) return fail("nested too deep");
        if (word_.empty()) return fail("a term is missing");
        if (word_ == "not") {
            advance();
            const std::size_t of = one(depth + 1);
            return add({Kind::negation, of, of});
        }
        if (word_ == "(") {
            advance();
            const std::size_t inner = any_of(depth + 1);
            if (error_) return inner;
            if (word_ != ")") return fail("\")\" is missing");
            advance();
            return inner;
        }
        return term(depth);
    }

    std::size_t term(unsigned depth) {
        struct Keyword {
            std::string_view name;
            Kind kind;
        };
        static constexpr Keyword kKeywords[] = {
            {"proto", Kind::protocol},  {"host", Kind::host},     {"src", Kind::source},
            {"dst", Kind::destination}, {"spi", Kind::spi},       {"sci", Kind::sci},
            {"an", Kind::an},           {"inside", Kind::inside},
        };
        for (const Keyword& k : kKeywords)
            if (word_ == k.name) {
                advance();
                if (word_.empty() || word_ == ")")
                    return fail("a value is missing behind " + std::string(k.name));
                return operand(k.kind);
            }
        if (word_ == "name" || word_ == "tunnel") return named(depth);
        if (word_ == "vlan" || word_ == "port") return place();
        const Field* f = find_field(word_);
        if (f == nullptr || !sortable(*f)) {
            if (word_ == "and" || word_ == "or" || word_ == ")") return fail("a term is missing");
            return fail(
                "unknown: \"" + text() + "\"",
                "proto, host, src, dst, spi, sci, an, name, tunnel, inside, vlan, port, or a field "
                "of doc/fields.md");
        }
        advance();
        return comparison(*f);
    }

    /// `vlan 10` means `vlan = 10`, `port` likewise; `vlan` alone any tag.
    std::size_t place() {
        const bool vlan = word_ == "vlan";
        const Field& f = vlan ? flow::field("vlan") : flow::field("port");
        advance();
        const bool none = word_.empty() || word_ == ")" || word_ == "and" || word_ == "or";
        if (none) return vlan ? add({Kind::tagged}) : fail("a value is missing behind port");
        if (is_sign(word_.front())) return comparison(f);
        Node node{Kind::field};
        node.field = &f;
        node.compare = Compare::equal;
        return number_of(f, node);
    }

    /// `name NAME`, `tunnel NAME` or `tunnel ID`: read as if what it stands for were written there.
    std::size_t named(unsigned depth) {
        const std::string_view keyword = word_;
        advance();
        if (word_.empty() || word_ == ")")
            return fail("a value is missing behind " + std::string(keyword));
        std::string name(word_);
        if (name.size() > 1 && name.front() == '"' && name.back() == '"')
            name = name.substr(1, name.size() - 2);
        auto meaning = meaning_ ? meaning_(keyword, name) : std::nullopt;
        if (!meaning && keyword == "tunnel") meaning = tunnel_terms(name);
        if (!meaning)
            return fail("nothing has the name \"" + name + "\"",
                        meaning_ ? "a tunnel may be given as <address>~<address>"
                                 : "--names FILE says who has which name");
        const std::size_t node = inner(*meaning, depth);
        if (!error_) advance();
        return node;
    }

    /// Reads another text in place of the current word, which is what an error points at.
    std::size_t inner(std::string_view text, unsigned depth) {
        const auto kept = std::tuple(text_, at_, begin_, word_);
        const bool outermost = !outside_;
        if (outermost) outside_ = begin_;
        text_ = text;
        at_ = 0;
        advance();
        const std::size_t node = any_of(depth + 1);
        if (!error_ && !word_.empty()) fail("\"and\" or \"or\" is missing");
        if (outermost) outside_.reset();
        std::tie(text_, at_, begin_, word_) = kept;
        if (error_) word_ = {};
        return node;
    }

    /// Behind a keyword.
    std::size_t operand(Kind kind) {
        Node node{kind};
        bool good = false;
        switch (kind) {
        case Kind::protocol:
            if (const wire::ProtocolRow* row = wire::find_protocol(word_);
                row != nullptr && wire::is_numbered(row->protocol)) {
                node.number = static_cast<std::uint64_t>(row->protocol);
                good = true;
            }
            break;
        case Kind::inside:
            for (std::size_t e = 0; e < wire::kEncapsulations; ++e)
                if (word_ == wire::encapsulation_name(static_cast<wire::Encapsulation>(e))) {
                    node.number = e;
                    good = true;
                }
            break;
        case Kind::spi:
            good = hexadecimal(8, node.number);
            break;
        case Kind::sci:
            good = hexadecimal(16, node.number);
            break;
        case Kind::an: {
            const auto [end, error] =
                std::from_chars(word_.data(), word_.data() + word_.size(), node.number);
            good = error == std::errc{} && end == word_.data() + word_.size() && node.number < 4;
            break;
        }
        default:
            good = address(node.address);
        }
        if (!good) return fail("\"" + text() + "\" is no " + std::string(wanted(kind)));
        advance();
        return add(node);
    }

    static std::string_view wanted(Kind kind) {
        switch (kind) {
        case Kind::protocol:
            return "protocol lacuna counts";
        case Kind::inside:
            return "encapsulation";
        case Kind::spi:
            return "SPI of at most 8 hex digits";
        case Kind::sci:
            return "SCI of at most 16 hex digits";
        case Kind::an:
            return "association number (0 to 3)";
        default:
            return "address or network";
        }
    }

    bool hexadecimal(std::size_t most, std::uint64_t& value) const {
        std::string_view digits = word_;
        if (digits.starts_with("0x") || digits.starts_with("0X")) digits.remove_prefix(2);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        return !digits.empty() && digits.size() <= most && error == std::errc{}
               && end == digits.data() + digits.size();
    }

    bool address(Filter::Address& a) const {
        return parse_network(word_, a.family, a.octets, a.bits);
    }

    /// Behind a field.
    std::size_t comparison(const Field& f) {
        Node node{Kind::field};
        node.field = &f;
        if (word_.empty() || !is_sign(word_.front())) {
            if (f.kind != flow::Kind::flag)
                return fail("a comparison is missing behind " + std::string(f.name));
            node.compare = Compare::unequal;
            return add(node);
        }
        struct Sign {
            std::string_view sign;
            Compare compare;
        };
        static constexpr Sign kSigns[] = {
            {"=", Compare::equal},     {"==", Compare::equal},   {"!=", Compare::unequal},
            {"<", Compare::less},      {"<=", Compare::at_most}, {">", Compare::more},
            {">=", Compare::at_least},
        };
        const auto* sign = std::find_if(std::begin(kSigns), std::end(kSigns),
                                        [this](const Sign& s) { return s.sign == word_; });
        if (sign == std::end(kSigns)) return fail("unknown comparison \"" + text() + "\"");
        node.compare = sign->compare;
        advance();
        return number_of(f, node);
    }

    /// What a field is compared with.
    std::size_t number_of(const Field& f, Node node) {
        if (word_.empty()) return fail("a value is missing");
        if (!value(f, node.value))
            return fail("\"" + text() + "\" is no value of " + std::string(f.name));
        advance();
        return add(node);
    }

    bool value(const Field& f, long double& out) const {
        if (f.kind == flow::Kind::time) {
            const auto time = parse_time(word_);
            if (time) out = static_cast<long double>(*time);
            return time.has_value();
        }
        std::string digits(word_);
        long double factor = 1;
        if (const std::size_t unit = std::string_view("%kMG").find(digits.back());
            unit != std::string_view::npos) {
            constexpr long double kFactors[] = {0.01L, 1e3L, 1e6L, 1e9L};
            if (unit == 0 && f.kind != flow::Kind::ratio) return false;
            factor = kFactors[unit];
            digits.pop_back();
        }
        if (digits.empty()) return false;
        char* end = nullptr;
        const long double number = std::strtold(digits.c_str(), &end);
        if (*end != '\0' || !std::isfinite(number)) return false;
        out = number * factor;
        return true;
    }

    std::string_view text_;
    const Meaning& meaning_;
    std::optional<std::size_t> outside_; ///< where the word stands whose meaning is being read
    std::size_t at_ = 0;                 ///< behind the word
    std::size_t begin_ = 0;              ///< of the word
    std::string_view word_;              ///< empty: the end
    Filter filter_;
    std::optional<Error> error_;
};

std::optional<std::string> tunnel_terms(std::string_view id) {
    constexpr std::string_view kChannel = "macsec-";
    constexpr std::size_t kSciDigits = 16;
    if (id.starts_with(kChannel)) {
        id.remove_prefix(kChannel.size());
        if (id.size() != kSciDigits
            || id.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
            return {};
        return "sci " + std::string(id);
    }
    const std::size_t middle = id.find('~');
    if (middle == std::string_view::npos) return {};
    const std::string a(id.substr(0, middle));
    const std::string b(id.substr(middle + 1));
    for (const std::string& end : {a, b}) {
        wire::Family family = wire::Family::none;
        std::uint8_t octets[16] = {};
        unsigned bits = 0;
        if (!parse_network(end, family, octets, bits)) return {};
    }
    return "((src " + a + " and dst " + b + ") or (src " + b + " and dst " + a + "))";
}

Result<Filter> parse_filter(std::string_view text, const Meaning& meaning) {
    return FilterParser(text, meaning).parse();
}

Result<Filter> Filter::parse(std::string_view text) {
    return parse_filter(text, {});
}

} // namespace lacuna::flow
