#pragma once

#include <string>

namespace espalier {

/// `value` to four significant digits: "2.162", "0.03400", "12346"; with an exponent where that
/// would be long. Minus signs are U+2212, as they are printed.
std::string significant(double value);

/// `mean` as significant() writes it and, behind "±", `half_width` with as many decimals.
std::string with_half_width(double mean, double half_width);

/// With a sign: "−0.83", "+1.00".
std::string signed_number(double value);

/// With a sign: "−5.21 %", "+0.40 %".
std::string signed_percent(double percent);

/// HTML: "0.031" or "< 0.001", the exact value as the title.
std::string p_value_html(double p);

/// The same as plain text for a sentence, "p = 0.031" or "p < 0.001", with blanks that don't break.
std::string p_value_text(double p);

}  // namespace espalier
