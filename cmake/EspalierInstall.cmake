# `cmake --install` puts the libraries, their headers and the binary into a prefix, so that
# find_package(espalier) gives espalier::core, ::layers, ::optim, ::regularizers and ::models, and
# with the apps espalier::predict, the C interface for prediction, which pkg-config finds as well;
# and the models' twin in PyTorch into share/espalier.
include(CMakePackageConfigHelpers)

set(folders core layers optim regularizers models)
foreach(folder IN LISTS folders)
  install(TARGETS espalier_${folder} EXPORT espalier_targets
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/espalier
          FILES_MATCHING PATTERN "*.h")
endforeach()
if(TARGET espalier)
  install(TARGETS espalier RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  set(manual_folder ${PROJECT_BINARY_DIR}/manual)
  install(FILES ${manual_folder}/espalier.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${manual_folder}/espalier.bash RENAME espalier
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${manual_folder}/_espalier
          DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${manual_folder}/espalier.fish
          DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  install(FILES python/espalier_twin.py DESTINATION ${CMAKE_INSTALL_DATADIR}/espalier)
endif()

if(TARGET espalier_predict)
  install(TARGETS espalier_predict EXPORT espalier_targets
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(FILES capi/espalier.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/espalier)
  set(pc_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  file(RELATIVE_PATH pc_prefix /${pc_folder} /)  # the prefix may be moved
  configure_file(cmake/espalier.pc.in espalier.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/espalier.pc DESTINATION ${pc_folder})
endif()

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/espalier)
install(EXPORT espalier_targets NAMESPACE espalier:: DESTINATION ${package_folder})
configure_package_config_file(cmake/espalierConfig.cmake.in espalierConfig.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(espalierConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/espalierConfig.cmake
              ${PROJECT_BINARY_DIR}/espalierConfigVersion.cmake DESTINATION ${package_folder})
