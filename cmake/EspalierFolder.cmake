include(GNUInstallDirs)

# espalier_folder(NAME SOURCES ... [LINKS ...] [PRIVATE_LINKS ...])
#
# One library per folder: target espalier_NAME, alias espalier::NAME. LINKS are the folders it may
# include from. The same sources are also compiled as espalier_NAME_f64, with `real` = double and in
# the namespace espalier_f64, so that a program may link both: `espalier gradcheck` and `explain` do.
function(espalier_folder name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  espalier_library(espalier_${name} "${arg_SOURCES}" "${arg_PRIVATE_LINKS}")
  set_target_properties(espalier_${name} PROPERTIES EXPORT_NAME ${name})
  add_library(espalier::${name} ALIAS espalier_${name})
  foreach(link IN LISTS arg_LINKS)
    target_link_libraries(espalier_${name} PUBLIC espalier_${link})
  endforeach()
  if(ESPALIER_DOUBLE)
    target_compile_definitions(espalier_${name} PUBLIC ESPALIER_DOUBLE)
  endif()

  if(ESPALIER_BUILD_APPS)
    espalier_library(espalier_${name}_f64 "${arg_SOURCES}" "${arg_PRIVATE_LINKS}")
    set_target_properties(espalier_${name}_f64 PROPERTIES EXCLUDE_FROM_ALL ON)
    target_compile_definitions(espalier_${name}_f64 PUBLIC ESPALIER_DOUBLE
                                                           espalier=espalier_f64)
    foreach(link IN LISTS arg_LINKS)
      target_link_libraries(espalier_${name}_f64 PUBLIC espalier_${link}_f64)
    endforeach()
  endif()
endfunction()

function(espalier_library target sources private_links)
  add_library(${target} STATIC ${sources})
  # Installed headers include each other as "core/tensor.h", users as <espalier/core/tensor.h>.
  target_include_directories(
    ${target} PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
                     "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>"
                     "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/espalier>")
  target_link_libraries(${target} PRIVATE ${private_links})
  espalier_compile_options(${target})
  espalier_compile_together(${target} "${sources}")
endfunction()

# Under CMAKE_UNITY_BUILD the target's files are compiled several at a time, as most of the
# compiler's time goes into headers: those of one folder, or of a large one those whose names begin
# with letters from the same part of the alphabet. So a new file joins some, and the others stay as
# they are, until a folder has more than twelve and is split. One with compile options of its own is
# compiled alone.
function(espalier_compile_together target sources)
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source OUTPUT_VARIABLE path)
    cmake_path(GET path PARENT_PATH folder)
    string(MAKE_C_IDENTIFIER "${folder}" folder)
    list(APPEND folders ${folder})
    list(APPEND files_in_${folder} ${source})
  endforeach()
  foreach(source folder IN ZIP_LISTS sources folders)
    cmake_path(GET source STEM name)
    list(LENGTH files_in_${folder} files)
    if(files LESS_EQUAL 12)
      set(part all)
    elseif(name MATCHES "^[a-c]")
      set(part a_to_c)
    elseif(name MATCHES "^[d-h]")
      set(part d_to_h)
    elseif(name MATCHES "^[i-p]")
      set(part i_to_p)
    else()
      set(part q_to_z)
    endif()
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder}_${part})
  endforeach()
endfunction()

function(espalier_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  # Files that are compiled together aren't in each other's shadow.
  target_compile_options(
    ${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
                      $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wshadow>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False alarms of GCC 12 on std::string, and on tables with optionals under the sanitizers.
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-maybe-uninitialized
                                             -Wno-array-bounds -Wno-stringop-overflow)
  endif()
  if(ESPALIER_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
