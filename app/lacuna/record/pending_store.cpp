#include "record/pending_store.hpp"

namespace lacuna::app {

PendingStore::PendingStore(std::string dir, store::RunRecord run, store::Limits limits)
    : dir_(std::move(dir)),
      opening_(std::async(std::launch::async, [this, limits, run = std::move(run)] {
          auto writer = store::StoreWriter::open(dir_, run, limits);
          if (writer) {
              writer_ = std::move(*writer);
              return Status();
          }
          failed_.store(true, std::memory_order_relaxed);
          return Status(writer.error());
      })) {}

Status PendingStore::ready() const {
    const std::shared_future<Status> opening = opening_; // each thread waits through one of its own
    return opening.get();
}

Status PendingStore::put_events(std::span<const flow::Event> events) {
    if (Status s = ready(); !s) return s;
    return writer_->put_events(events);
}

Status PendingStore::put_summaries(std::span<const flow::SaSummary> summaries) {
    if (Status s = ready(); !s) return s;
    return writer_->put_summaries(summaries);
}

Status PendingStore::put_samples(std::span<const flow::Sample> samples) {
    if (Status s = ready(); !s) return s;
    return writer_->put_samples(samples);
}

} // namespace lacuna::app
