# SPDX-License-Identifier: Apache-2.0
#
# cmake -D INPUT=a.proto -D OUTPUT=b.proto -P rewrite_optional.cmake
#
# "optional double sum = 5;" becomes "oneof _sum { double sum = 5; }", which is
# what protoc itself makes of it.
file(READ ${INPUT} text)
string(REGEX REPLACE "\n( *)optional ([A-Za-z0-9_.]+) ([a-z0-9_]+) = ([0-9]+);"
	"\n\\1oneof _\\3 { \\2 \\3 = \\4; }" text "${text}")
file(WRITE ${OUTPUT} "${text}")
