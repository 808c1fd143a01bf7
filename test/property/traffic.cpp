#include "property/traffic.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace traffic {
namespace {

using model::Step;

constexpr std::int64_t kStart = 1'700'000'000'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

class Bytes {
public:
    explicit Bytes(std::span<const std::uint8_t> b) : b_(b) {}
    bool empty() const { return at_ >= b_.size(); }
    std::uint32_t next() { return empty() ? 0 : b_[at_++]; }
    std::uint32_t below(std::uint32_t n) { return (next() << 8 | next()) % n; }
    std::uint32_t word() { return next() | next() << 8 | next() << 16 | next() << 24; }
    bool once_in(std::uint32_t n) { return below(n) == 0; }

private:
    std::span<const std::uint8_t> b_;
    std::size_t at_ = 0;
};

/// Who sends, and how far it is.
struct Sender {
    Step::Kind kind;
    std::uint32_t name, part;
    int source;
    std::uint32_t at;
    std::array<std::uint32_t, 4> an_at{1, 1, 1, 1};
};

class Writer {
public:
    Writer(Case& c, Bytes& b, const Kinds& kinds) : case_(c), b_(b), kinds_(kinds) {
        const std::uint32_t n = 1 + b_.below(kinds.senders ? 4 : 2);
        for (std::uint32_t i = 0; i < n; ++i)
            senders_.push_back(sender(i));
        loss_ = b_.below(5) * b_.below(20);
        stay_ = 1 + b_.below(40);
    }

    void act() {
        if (b_.once_in(stay_)) now_ = b_.below(static_cast<std::uint32_t>(senders_.size()));
        const std::uint32_t what = b_.next();
        if (what < 170)
            run(1 + what % 8);
        else if (what < 190)
            run(20 + what % 100);
        else if (what < 193)
            run(900 + b_.below(400));
        else
            act_of(kinds_.crowded ? std::span<const Act>(kActs) : std::span<const Act>(kHealthy));
    }

private:
    using Act = void (Writer::*)();
    void act_of(std::span<const Act> acts) {
        (this->*acts[b_.below(static_cast<std::uint32_t>(acts.size()))])();
        if (!kinds_.crowded) run(1100);
    }
    Sender sender(std::uint32_t i) {
        constexpr std::uint32_t starts[] = {1,          0,          1,     65500,
                                            0xFFFFFFF0, 0xBFFFFFFA, 70000, 0x7FFFFF00};
        std::vector<Step::Kind> kinds;
        if (kinds_.esp) kinds.push_back(Step::esp);
        if (kinds_.macsec) kinds.push_back(Step::macsec);
        if (kinds_.shared) kinds.push_back(Step::shared);
        Sender s{};
        s.kind = kinds[b_.below(static_cast<std::uint32_t>(kinds.size()))];
        // Half of the time all share one identity.
        s.name = kinds_.senders && b_.next() % 2 == 0 ? 1 : 1 + i;
        s.part = s.kind == Step::macsec ? 0 : 1;
        s.source = s.kind == Step::macsec ? 0 : static_cast<int>(b_.below(3));
        s.at = starts[b_.next() % 8] + (b_.next() % 3 == 0 ? b_.below(5000) : 0);
        return s;
    }
    Sender& me() { return senders_[now_]; }
    void send(std::uint32_t number) {
        const Sender& s = me();
        time_ += 1000;
        Step step{s.kind, s.name, s.part, s.source, number, time_};
        if (kinds_.odd_clocks && odd_ != 0) step.time += odd_ * kSecond, odd_ = 0;
        step.drops_from = drops_from_;
        step.drops_to = drops_to_;
        case_.steps.push_back(step);
    }
    void run(std::uint32_t n) {
        for (; n > 0; --n) {
            if (loss_ != 0 && b_.below(1000) < loss_) me().at += 1 + b_.next() % 3;
            send(me().at++);
        }
    }
    void stretch(std::uint32_t from, std::uint32_t n) {
        for (std::uint32_t i = 0; i < n; ++i)
            send(from), from += 1 + (b_.next() < 20 ? b_.next() % 18 : 0);
    }

    // What happens on links.
    void hole() { me().at += 1 + b_.below(20), send(me().at++); }
    void wide_hole() { me().at += b_.below(2100), run(1 + b_.next() % 4); }
    void edge_hole() {
        constexpr std::uint32_t edges[] = {15,   16,    17,    1022,  1023,
                                           1024, 65534, 65535, 65536, 65537};
        me().at += edges[b_.next() % std::size(edges)];
        run(1 + b_.next() % 5);
    }
    void far_jump() { me().at += b_.word() & 0x7FFFFFFF, run(1 + b_.next() % 90); }
    void sampling() {
        const std::uint32_t every = 20 + b_.below(4000);
        for (std::uint32_t n = b_.next() % 30; n > 0; --n)
            me().at += b_.below(2 * every), send(me().at++);
    }
    void late() {
        const std::uint32_t held = me().at++;
        run(1 + (b_.next() % 4 == 0 ? b_.below(1500) : b_.next() % 30));
        send(held);
    }
    void repeat() { send(me().at - 1); }
    void repeats() {
        for (std::uint32_t n = b_.next() % 40; n > 0; --n)
            send(me().at), send(me().at++);
    }
    void near_copy() { send(me().at - 1 - b_.next() % 24); }
    void far_copy() { send(me().at - 1 - b_.below(9000)); }
    void restart() {
        if (!kinds_.restarts) return;
        constexpr std::uint32_t from[] = {0, 1, 1, 1, 2, 30, 64, 65, 5000};
        constexpr std::uint32_t runs[] = {1, 2, 3, 7, 8, 63, 64, 65, 130};
        me().at = from[b_.next() % std::size(from)];
        run(runs[b_.next() % std::size(runs)]);
    }
    void replayed_beginning() { stretch(b_.next() % 3, 1 + b_.next() % 70); }
    void replay() {
        constexpr std::uint32_t back[] = {10, 100, 1000, 1100, 3000, 70000};
        std::uint32_t from = me().at - back[b_.next() % std::size(back)];
        for (std::uint32_t n = 1 + b_.next() % 80; n > 0; --n) {
            send(from++);
            if (b_.next() % 3 == 0) send(me().at++);
        }
    }
    void forge() {
        if (!kinds_.forged) return;
        const std::uint32_t far = b_.next() % 2 == 0 ? b_.word() : me().at + 1024 + b_.below(60000);
        stretch(far, 1 + b_.next() % 3);
    }
    void half() { send(me().at - (1u << 31)); }
    void move() {
        if (!kinds_.moves || me().kind == Step::macsec) return;
        if (me().kind == Step::esp && b_.next() % 3 == 0)
            ++me().part;
        else
            me().source = static_cast<int>(3 + b_.below(40));
        constexpr std::uint32_t gone[] = {0, 0, 0, 1, 20, 1000, 30000, 65535, 65536};
        me().at += gone[b_.next() % std::size(gone)];
        run(1 + b_.next() % 80);
    }
    void guest() {
        if (!kinds_.senders || me().kind == Step::macsec) return;
        const int home = me().source;
        me().source = static_cast<int>(50 + b_.next() % 40);
        const std::uint32_t at = me().at;
        if (b_.next() % 2 == 0) me().at = b_.word();
        run(1 + b_.next() % 12);
        if (b_.next() % 2 == 0) me().at = at;
        me().source = home;
    }
    void stations() {
        // Hosts behind a switch: one counter, a source for each.
        if (!kinds_.senders || me().kind == Step::macsec) return;
        const int home = me().source;
        for (std::uint32_t n = b_.next(); n > 0; --n)
            me().source = static_cast<int>(100 + b_.next() % 5), send(me().at++);
        me().source = home;
    }
    void rekey() {
        if (me().kind != Step::macsec) return;
        me().an_at[me().part] = me().at;
        me().part = (me().part + 1 + b_.next() % 8 / 7) % 4;
        me().at = b_.next() % 4 == 0 ? me().an_at[me().part] : 1;
        run(1 + b_.next() % 100);
    }
    void straggler() {
        if (me().kind != Step::macsec) return;
        const Sender home = me();
        me().part = (me().part + 3) % 4;
        const std::uint32_t at = me().an_at[me().part];
        stretch(b_.next() % 2 == 0 ? at : at - 1 - b_.below(30), 1 + b_.next() % 12);
        me() = home;
    }
    void turns() {
        // All senders in turn.
        for (std::uint32_t n = b_.next() % 200; n > 0; --n) {
            now_ = (now_ + 1) % senders_.size();
            send(me().at++);
        }
    }
    void drop() {
        if (!kinds_.drops) return;
        drops_from_ = time_ - b_.below(5000);
        drops_to_ = time_ + b_.below(3000);
        if (b_.next() % 2 == 0) hole();
    }
    void clock() { odd_ = static_cast<std::int64_t>(b_.below(100)) - 50; }

    static constexpr std::array<Act, 24> kActs = {
        &Writer::hole,      &Writer::wide_hole, &Writer::edge_hole, &Writer::far_jump,
        &Writer::sampling,  &Writer::late,      &Writer::repeat,    &Writer::repeats,
        &Writer::near_copy, &Writer::far_copy,  &Writer::restart,   &Writer::replayed_beginning,
        &Writer::replay,    &Writer::forge,     &Writer::half,      &Writer::move,
        &Writer::guest,     &Writer::stations,  &Writer::rekey,     &Writer::straggler,
        &Writer::turns,     &Writer::drop,      &Writer::clock,     &Writer::late};

    static constexpr std::array<Act, 10> kHealthy = {
        &Writer::hole,  &Writer::wide_hole, &Writer::late,  &Writer::repeat, &Writer::near_copy,
        &Writer::rekey, &Writer::restart,   &Writer::turns, &Writer::drop,   &Writer::clock};

    Case& case_;
    Bytes& b_;
    const Kinds kinds_;
    std::vector<Sender> senders_;
    std::size_t now_ = 0;
    std::uint32_t loss_ = 0, stay_ = 1;
    std::int64_t time_ = kStart, odd_ = 0, drops_from_ = 0, drops_to_ = -1;
};

} // namespace

Case make_case(std::span<const std::uint8_t> bytes, const Kinds& kinds) {
    Bytes b(bytes);
    constexpr std::uint32_t windows[] = {0, 0, 1024, 64, 192, 8192};
    Case c{windows[b.next() % std::size(windows)], {}};
    if (!kinds.crowded && c.window == 0) c.window = 1024;
    Writer writer(c, b, kinds);
    while (!b.empty())
        writer.act();
    return c;
}

std::string text(const Step& s) {
    std::ostringstream out;
    if (s.kind == Step::esp)
        out << "esp " << s.name << " to " << s.part << " from " << s.source;
    else if (s.kind == Step::macsec)
        out << "macsec " << s.name << " AN " << s.part;
    else
        out << "no SCI, AN " << s.part << " from " << s.source;
    out << " number " << s.number << " at " << s.time - kStart;
    if (s.drops_from <= s.drops_to)
        out << " (drops " << s.drops_from - kStart << " to " << s.drops_to - kStart << ')';
    return out.str();
}

} // namespace traffic
