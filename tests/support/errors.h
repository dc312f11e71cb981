#pragma once

#include <exception>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/error.h"

namespace espalier::test {

/// The message of the Error that `call` throws; says so if it throws none or something else.
template <typename Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  } catch (const std::exception& other) {
    return std::string("<not an espalier::Error> ").append(other.what());
  }
  return "<no error>";
}

/// Empty if `call` throws an Error of one line that contains every part, else what happened.
template <typename Call>
std::string wrong_error(Call call, std::initializer_list<std::string_view> parts) {
  const std::string message = error_of(call);
  if (message.find('\n') != std::string::npos) {
    return std::string("more than one line: ").append(message);
  }
  for (const std::string_view part : parts) {
    if (message.find(part) == std::string::npos) {
      return std::string(part).append(" was expected in: ").append(message);
    }
  }
  return "";
}

}  // namespace espalier::test
