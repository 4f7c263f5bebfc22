/* What the files of the shim share. */

#ifndef NATROLITE_SHIM_H
#define NATROLITE_SHIM_H

#include <petscksp.h>
#include <stdint.h>

#define TRY(call)                    \
    do {                             \
        PetscErrorCode code_ = call; \
        if (code_) return code_;     \
    } while (0)

/* The rows of a matrix that are this rank's, as the other side lays them out, too. */
typedef struct {
    /* Rows and columns of this rank, the first of these columns, and rows and columns of all ranks. */
    int64_t rows, columns, first_column, all_rows, all_columns;
    /* Where the entries of each row begin, and where those of the last end. */
    const size_t *start;
    /* A local column and a value for each; in a row no column comes twice. */
    const uint32_t *column;
    const double *value;
    /* The number of each local column among those of all ranks; so many are local, in any order. */
    const uint64_t *global;
    int64_t locals;
} Rows;

int matrix_create(MPI_Comm comm, const Rows *rows, int64_t block, Mat *matrix);
int matrix_set_values(Mat matrix, const Rows *rows);

enum { MOST_LEVELS = 40 };

/* Levels of multigrid that are given, from the finest on. */
typedef struct {
    int count;
    /* Of each level, and of the one below the last; that of the first is the solver's. */
    Mat matrix[MOST_LEVELS + 1];
    /* From the level below. */
    Mat interpolation[MOST_LEVELS];
    /* What the smoother multiplies residuals with; none where it divides by the diagonal. */
    Vec inverse[MOST_LEVELS];
} Levels;

/* A linear solver. */
typedef struct {
    KSP ksp;
    Mat matrix;
    Vec b, x;
    Levels levels;
} Solver;

/* Gives up what is held of them here. */
void levels_forget(Levels *levels);

#endif
