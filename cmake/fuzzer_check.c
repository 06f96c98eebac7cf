/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled at configure time: does this clang have libFuzzer's runtime? */
int LLVMFuzzerTestOneInput(const unsigned char *data, unsigned long size);

int LLVMFuzzerTestOneInput(const unsigned char *data, unsigned long size)
{
	(void)data;
	(void)size;
	return 0;
}
