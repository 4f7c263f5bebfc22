/* Multigrid of PETSc whose first levels are given, interpolations and coarse matrices. */

#include "shim.h"
#include <string.h>

void levels_forget(Levels *levels)
{
    for (int k = 0; k < levels->count; k++) {
        (void)MatDestroy(&levels->matrix[k + 1]);
        (void)MatDestroy(&levels->interpolation[k]);
        (void)VecDestroy(&levels->inverse[k]);
    }
    memset(levels, 0, sizeof(Levels));
}

/* Without any levels, as at first. */
int shim_levels_clear(void *handle)
{
    Solver *solver = handle;
    PC pc;
    levels_forget(&solver->levels);
    solver->levels.matrix[0] = solver->matrix;
    TRY(KSPGetPC(solver->ksp, &pc));
    /* It lets go of the matrix, too. */
    TRY(PCReset(pc));
    return KSPSetOperators(solver->ksp, solver->matrix, solver->matrix);
}

static int set_inverse(Vec vector, const double *inverse)
{
    PetscScalar *entries;
    PetscInt rows;
    TRY(VecGetLocalSize(vector, &rows));
    TRY(VecGetArrayWrite(vector, &entries));
    memcpy(entries, inverse, (size_t)rows * sizeof(double));
    return VecRestoreArrayWrite(vector, &entries);
}

static int create_with_values(MPI_Comm comm, const Rows *rows, Mat *matrix)
{
    TRY(matrix_create(comm, rows, 1, matrix));
    return matrix_set_values(*matrix, rows);
}

/* A level more, with the interpolation from the one below it, the matrix there, and what the smoother multiplies
 * residuals with, if it is not to divide them by the diagonal. */
int shim_levels_add(void *handle, const Rows *interpolation, const Rows *below, const double *inverse)
{
    Levels *levels = &((Solver *)handle)->levels;
    const int k = levels->count;
    PetscInt rows;
    if (k == MOST_LEVELS) return PETSC_ERR_ARG_OUTOFRANGE;
    Mat fine = levels->matrix[k];
    if (!fine) return PETSC_ERR_ORDER;
    MPI_Comm comm = PetscObjectComm((PetscObject)fine);
    TRY(MatGetLocalSize(fine, &rows, NULL));
    if (interpolation->rows != rows) return PETSC_ERR_ARG_SIZ;
    /* What is made from now on belongs to the levels, also if something fails. */
    levels->count++;
    TRY(create_with_values(comm, interpolation, &levels->interpolation[k]));
    if (inverse) {
        TRY(MatCreateVecs(fine, NULL, &levels->inverse[k]));
        TRY(set_inverse(levels->inverse[k], inverse));
    }
    return create_with_values(comm, below, &levels->matrix[k + 1]);
}

/* Other values for the finest level. */
int shim_levels_inverse(void *handle, const double *inverse)
{
    Levels *levels = &((Solver *)handle)->levels;
    if (levels->count == 0 || !levels->inverse[0]) return 0;
    return set_inverse(levels->inverse[0], inverse);
}

static PetscErrorCode multiply(PC pc, Vec x, Vec y)
{
    Vec inverse;
    TRY(PCShellGetContext(pc, &inverse));
    return VecPointwiseMult(y, x, inverse);
}

/* Two steps of Chebyshev's method, for the quotients from `lower` to 1 of what is multiplied with `inverse`. */
static int set_smoother(KSP smoother, Vec inverse, double lower)
{
    PC pc;
    TRY(KSPSetType(smoother, KSPCHEBYSHEV));
    TRY(KSPSetNormType(smoother, KSP_NORM_NONE));
    TRY(KSPSetTolerances(smoother, PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT, 2));
    TRY(KSPGetPC(smoother, &pc));
    if (!inverse) {
        TRY(PCSetType(pc, PCJACOBI));
        /* What corners leave has quotients from 0.35 on where the largest one is 2.3; estimates are up to a tenth below it. */
        return KSPChebyshevEstEigSet(smoother, 0.0, 0.15, 0.0, 1.1);
    }
    TRY(KSPChebyshevEstEigSet(smoother, 0.0, 0.0, 0.0, 0.0));
    TRY(KSPChebyshevSetEigenvalues(smoother, 1.0, lower));
    TRY(PCSetType(pc, PCSHELL));
    TRY(PCShellSetName(pc, "sums of rows"));
    TRY(PCShellSetContext(pc, inverse));
    return PCShellSetApply(pc, multiply);
}

/* Makes them those of the preconditioner. What is below the first two is visited twice, if it is not the last, unless
 * the options say otherwise: twice again on each level further down costs messages and saves no iteration. */
int shim_levels_use(void *handle, double lower)
{
    Solver *solver = handle;
    const Levels *levels = &solver->levels;
    const char *prefix;
    PetscBool is_said;
    PC pc;
    KSP last;
    TRY(KSPGetPC(solver->ksp, &pc));
    TRY(PCMGSetLevels(pc, levels->count + 1, NULL));
    TRY(PCMGSetGalerkin(pc, PC_MG_GALERKIN_NONE));
    TRY(PCGetOptionsPrefix(pc, &prefix));
    TRY(PetscOptionsHasName(NULL, prefix, "-pc_mg_cycle_type", &is_said));
    for (int k = 0; k < levels->count; k++) {
        /* PETSc counts from below. */
        const PetscInt level = levels->count - k;
        KSP smoother;
        TRY(PCMGSetInterpolation(pc, level, levels->interpolation[k]));
        TRY(PCMGGetSmoother(pc, level, &smoother));
        TRY(KSPSetOperators(smoother, levels->matrix[k], levels->matrix[k]));
        TRY(set_smoother(smoother, levels->inverse[k], lower));
        if (!is_said) TRY(PCMGSetCycleTypeOnLevel(pc, level, k == 1 ? PC_MG_CYCLE_W : PC_MG_CYCLE_V));
    }
    TRY(PCMGGetCoarseSolve(pc, &last));
    return KSPSetOperators(last, levels->matrix[levels->count], levels->matrix[levels->count]);
}
