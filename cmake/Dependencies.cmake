# The libraries Racecourse borrows, all of them Debian packages. None is vendored, none is downloaded.
# ./racecourse installs them; on another system this says what is missing.
find_package(Threads REQUIRED)
find_package(doctest REQUIRED)          # doctest-dev: scenarios and our own tests
find_package(nlohmann_json REQUIRED)    # nlohmann-json3-dev: every JSON file
find_package(CLI11 REQUIRED)            # libcli11-dev: the command line
find_package(fmt REQUIRED)              # libfmt-dev: text
find_package(LibArchive REQUIRED)       # libarchive-dev: handed-in archives
find_package(OpenSSL REQUIRED COMPONENTS Crypto)  # libssl-dev: content hashes
find_package(PkgConfig REQUIRED)
pkg_check_modules(libdw REQUIRED IMPORTED_TARGET libdw)  # libdw-dev: source lines of addresses
pkg_check_modules(libelf REQUIRED IMPORTED_TARGET libelf)  # libelf-dev: what an object defines and imports
