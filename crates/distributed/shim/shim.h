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
    PetscInt owned;
    PetscInt *column; /* room for the global columns of a row */
    int64_t longest;
    Levels levels;
} Solver;

/* Gives up what is held of them here. */
void levels_forget(Levels *levels);

#endif
