// Numbers with a value each, kept as runs: memory by runs, not by numbers.
#pragma once

#include "base/types.hpp"

#include <iterator>
#include <limits>
#include <map>

namespace lacuna::path {

/// Maximal runs of numbers with the same value. Numbers in no run have the value Value{}.
template <typename Value>
class Spans {
public:
    struct Tail {
        Seq64 next; ///< the number after the run
        Value value;
    };
    /// By first number.
    using Map = std::map<Seq64, Tail>;

    bool empty() const { return runs_.empty(); }
    const Map& runs() const { return runs_; }

    Value at(Seq64 n) const {
        const auto it = find(n);
        return it == runs_.end() ? Value{} : it->second.value;
    }
    /// The number after the run that holds `n`; `n` itself if none does.
    Seq64 end_of(Seq64 n) const {
        const auto it = find(n);
        return it == runs_.end() ? n : it->second.next;
    }

    /// A run above all others, not empty.
    void append(Seq64 first, Seq64 next, Value value) {
        if (!runs_.empty()) {
            Tail& last = std::prev(runs_.end())->second;
            if (last.next == first && last.value == value) {
                last.next = next;
                return;
            }
        }
        runs_.emplace_hint(runs_.end(), first, Tail{next, value});
    }

    /// Gives all of [first, next) the value; Value{} takes them out.
    void set(Seq64 first, Seq64 next, Value value) {
        split(first);
        split(next);
        const auto begin = runs_.lower_bound(first);
        auto it = runs_.erase(begin, runs_.lower_bound(next));
        if (value == Value{}) return;
        if (it != runs_.end() && it->first == next && it->second.value == value) {
            next = it->second.next;
            it = runs_.erase(it);
        }
        if (it != runs_.begin()) {
            Tail& before = std::prev(it)->second;
            if (before.next == first && before.value == value) {
                before.next = next;
                return;
            }
        }
        runs_.emplace_hint(it, first, Tail{next, value});
    }
    void set(Seq64 n, Value value) { set(n, n + 1, value); }

private:
    typename Map::const_iterator find(Seq64 n) const {
        auto it = runs_.upper_bound(n);
        if (it == runs_.begin()) return runs_.end();
        --it;
        return n < it->second.next ? it : runs_.end();
    }
    /// A run that holds both n - 1 and n becomes two.
    void split(Seq64 n) {
        auto it = runs_.lower_bound(n);
        if (it == runs_.begin()) return;
        const auto before = std::prev(it);
        if (before->second.next <= n) return;
        runs_.emplace_hint(it, n, before->second);
        before->second.next = n;
    }

    Map runs_;
};

/// Walks the values of ascending numbers. The spans must not change meanwhile. `shift`: what is
/// added to a number of the spans to get the one asked for.
template <typename Value>
class SpanCursor {
public:
    SpanCursor(const Spans<Value>& spans, Seq64 shift, Seq64 from)
        : it_(spans.runs().upper_bound(from - shift)), end_(spans.runs().end()), shift_(shift) {
        if (it_ != spans.runs().begin()) --it_;
    }

    /// `n` not below those asked for before.
    Value at(Seq64 n) {
        const Seq64 own = n - shift_;
        while (it_ != end_ && it_->second.next <= own)
            ++it_;
        return it_ != end_ && it_->first <= own ? it_->second.value : Value{};
    }
    /// The first number above the one asked for last, `n`, with another value perhaps.
    Seq64 until(Seq64 n) const {
        if (it_ == end_) return std::numeric_limits<Seq64>::max();
        return (it_->first <= n - shift_ ? it_->second.next : it_->first) + shift_;
    }

private:
    typename Spans<Value>::Map::const_iterator it_, end_;
    Seq64 shift_;
};

} // namespace lacuna::path
