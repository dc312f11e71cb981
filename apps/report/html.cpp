#include "apps/report/html.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/config/text.h"

namespace espalier {

namespace {

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t found = std::min(text.find(what, at), text.size());
    result += text.substr(at, found - at);
    if (found < text.size()) result += with;
    at = found + what.size();
  }
  return result;
}

/// With U+FFFD for each byte that is no UTF-8.
std::string valid_utf8(std::string_view text) {
  std::string valid;
  while (const auto invalid = find_invalid_utf8(text)) {
    valid += text.substr(0, *invalid);
    valid += "\uFFFD";
    text.remove_prefix(*invalid + 1);
  }
  return valid += text;
}

std::string class_attribute(std::string_view html_class) {
  return html_class.empty() ? "" : fmt::format(" class=\"{}\"", escape_html(html_class));
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  std::string valid;
  if (find_invalid_utf8(text)) {
    valid = valid_utf8(text);
    text = valid;
  }
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string script_json(const nlohmann::ordered_json& json) {
  using Handler = nlohmann::ordered_json::error_handler_t;
  return replaced(json.dump(-1, ' ', false, Handler::replace), "<", "\\u003c");
}

std::string script_code(std::string_view code) {
  return replaced(replaced(code, "</script", "<\\/script"), "<!--", "<\\!--");
}

void HtmlTable::column(std::string_view name, std::string_view html_class) {
  head_ += fmt::format("<th scope=\"col\"{}>{}</th>", class_attribute(html_class),
                       replaced(escape_html(name), "_", "_<wbr>"));
}

void HtmlTable::begin_row(std::string_view head_html) {
  rows_.push_back(fmt::format("<th scope=\"row\">{}</th>", head_html));
}

void HtmlTable::cell(std::string_view html, std::string_view html_class) {
  rows_.back() += fmt::format("<td{}>{}</td>", class_attribute(html_class), html);
}

std::string HtmlTable::html() const {
  const std::string caption = escape_html(caption_);
  std::string body;
  for (const std::string& row : rows_) body += "<tr>" + row + "</tr>\n";
  return fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\">\n"
      "<table><caption>{0}</caption>\n{1}<tbody>\n{2}</tbody></table>\n"
      "</div>\n",
      caption, head_.empty() ? "" : "<thead><tr>" + head_ + "</tr></thead>\n", body);
}

}  // namespace espalier
