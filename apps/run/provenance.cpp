#include "apps/run/provenance.h"

#include <array>
#include <fstream>

#include <nlohmann/json.hpp>
#include <sodium.h>

#include "core/atomic_file.h"
#include "core/blas.h"
#include "core/error.h"
#include "core/kernels/kernels.h"

namespace espalier {

using Json = nlohmann::ordered_json;

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(": ") + 2);
  }
  return "unknown";
}

std::string sha256_of(const std::string& content) {
  if (sodium_init() < 0) throw Error("libsodium can't be used on this system");
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(content.data()),
                     content.size());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> text{};
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  return text.data();
}

std::string sha256_of_file(const std::string& path) {
  return sha256_of(read_file(path));
}

std::string provenance_json(const Provenance& provenance) {
  const Json data{{"path", provenance.data_path},
                  {"sha256", provenance.data_sha256},
                  {"rows", provenance.rows}};
  Json meta;
  meta["version"] = ESPALIER_VERSION;
  meta["compiler"] = __VERSION__;
  meta["cpu"] = cpu_name();
  meta["instruction_set"] = kernels().instruction_set;
  meta["blas"] = blas_description();
  meta["threads"] = provenance.threads;
  meta["seed"] = provenance.seed;
  meta["data"] = data;
  meta["notes"] = provenance.notes;
  return meta.dump(2) + "\n";
}

std::string recorded_sha256(const std::string& meta_json) {
  const Json meta = Json::parse(meta_json, nullptr, /*allow_exceptions=*/false);
  const Json::json_pointer pointer("/data/sha256");
  return meta.contains(pointer) && meta[pointer].is_string() ? meta[pointer].get<std::string>()
                                                             : "";
}

}  // namespace espalier
