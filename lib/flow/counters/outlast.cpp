// Branches that outlast the log.
#include "flow/counters/apply.hpp"

namespace lacuna::flow {

using seq::kNoBlock;

namespace {

void drop_figures(seq::Pool& pool, const Figures& f) {
    if (f.rest.record != kNoBlock) seq::give_back_record(pool, f.rest.record);
}

} // namespace

/// `s` goes on in the place of `old`.
void Counters::join_outlast(Slot s, Slot old) {
    Counter& c = counter(s);
    Counter& o = counter(old);
    if (o.outlast == kNoBlock) return;
    if (c.outlast == kNoBlock) {
        c.outlast = o.outlast;
    } else {
        Outlast& mine = pool_.at<Outlast>(c.outlast);
        Outlast& theirs = pool_.at<Outlast>(o.outlast);
        absorb(pool_, {&mine.own.state, &mine.own.rest}, {&theirs.own.state, &theirs.own.rest});
        drop_figures(pool_, theirs.folded);
        pool_.give_back(o.outlast, sizeof(Outlast));
    }
    o.outlast = kNoBlock;
}

/// `s` is folded back into `near`: what had left the log counts there.
void Counters::fold_outlast(Slot s, Slot near) {
    Counter& c = counter(s);
    if (c.outlast == kNoBlock) return;
    Counter& n = counter(near);
    Outlast& gone = pool_.at<Outlast>(c.outlast);
    if (gone.begun) n.count += gone.own.state.received;
    if (n.outlast != kNoBlock) {
        Outlast& other = pool_.at<Outlast>(n.outlast);
        drop_figures(pool_, other.own);
        other.own = gone.folded;
        drop_figures(pool_, gone.own);
        pool_.give_back(c.outlast, sizeof(Outlast));
    } else if (!id_.adopted.push(pool_, {near, c.outlast})) {
        drop_figures(pool_, gone.folded);
        drop_figures(pool_, gone.own);
        pool_.give_back(c.outlast, sizeof(Outlast));
    }
    c.outlast = kNoBlock;
}

} // namespace lacuna::flow
