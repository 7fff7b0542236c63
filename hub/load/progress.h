/*
 * hub/load/progress.h
 *		How far a load is. Workers add, whoever shows it reads.
 */
#ifndef HUB_PROGRESS_H
#define HUB_PROGRESS_H

#include <stdatomic.h>
#include <stdint.h>

typedef struct Progress
{
	_Atomic uint64_t bytes_total;	/* 0 until all sources are listed */
	_Atomic uint64_t bytes_done;
	_Atomic uint64_t rows;
} Progress;

#endif
