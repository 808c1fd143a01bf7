// What EAL complained of although it started.
#pragma once

#include <string>

namespace lacuna::port {

/// The first thing, as about a device it could not take; empty: nothing, or EAL has not started.
/// Of the process, as EAL is. Set by Eal::start(); the thread that called that.
const std::string& eal_complaint();

} // namespace lacuna::port
