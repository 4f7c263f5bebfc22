/* Multigrid of PETSc whose first levels are given: interpolations come from the other side, coarse matrices are
 * Galerkin products. */

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

/* The rows of an interpolation, with `columns` of this rank below. */
static int create_interpolation(Mat fine, int64_t columns, const size_t *start, const uint64_t *column,
                                const double *weight, Mat *interpolation)
{
    PetscInt rows, *i, *j;
    PetscScalar *v;
    TRY(MatGetLocalSize(fine, &rows, NULL));
    const size_t entries = start[rows];
    if (entries > (size_t)PETSC_MAX_INT) return PETSC_ERR_ARG_OUTOFRANGE;
    TRY(PetscMalloc3(rows + 1, &i, entries, &j, entries, &v));
    for (PetscInt row = 0; row <= rows; row++) i[row] = (PetscInt)start[row];
    for (size_t k = 0; k < entries; k++) j[k] = (PetscInt)column[k];
    memcpy(v, weight, entries * sizeof(double));
    for (PetscInt row = 0; row < rows; row++) {
        TRY(PetscSortIntWithScalarArray(i[row + 1] - i[row], j + i[row], v + i[row]));
    }
    TRY(MatCreate(PetscObjectComm((PetscObject)fine), interpolation));
    TRY(MatSetSizes(*interpolation, rows, (PetscInt)columns, PETSC_DETERMINE, PETSC_DETERMINE));
    TRY(MatSetType(*interpolation, MATAIJ));
    /* Of these two the one that is not for this number of ranks does nothing. */
    TRY(MatSeqAIJSetPreallocationCSR(*interpolation, i, j, v));
    TRY(MatMPIAIJSetPreallocationCSR(*interpolation, i, j, v));
    return PetscFree3(i, j, v);
}

/* A level more, with the interpolation from the one below it, of which this rank owns `below` unknowns, and what the
 * smoother multiplies residuals with, if it is not to divide them by the diagonal. */
int shim_levels_add(void *handle, int64_t below, const size_t *start, const uint64_t *column,
                    const double *weight, const double *inverse)
{
    Levels *levels = &((Solver *)handle)->levels;
    const int k = levels->count;
    if (k == MOST_LEVELS) return PETSC_ERR_ARG_OUTOFRANGE;
    Mat fine = levels->matrix[k];
    if (!fine) return PETSC_ERR_ORDER;
    TRY(create_interpolation(fine, below, start, column, weight, &levels->interpolation[k]));
    /* What is made from now on belongs to the levels, also if something fails. */
    levels->count++;
    if (inverse) {
        PetscScalar *entries;
        PetscInt rows;
        TRY(MatCreateVecs(fine, NULL, &levels->inverse[k]));
        TRY(VecGetLocalSize(levels->inverse[k], &rows));
        TRY(VecGetArrayWrite(levels->inverse[k], &entries));
        memcpy(entries, inverse, (size_t)rows * sizeof(double));
        TRY(VecRestoreArrayWrite(levels->inverse[k], &entries));
    }
    TRY(MatPtAP(fine, levels->interpolation[k], MAT_INITIAL_MATRIX, PETSC_DEFAULT, &levels->matrix[k + 1]));
    /* What PETSc keeps to make it again takes more memory than the matrix. */
    return MatProductClear(levels->matrix[k + 1]);
}

/* Other values for the finest level. */
int shim_levels_inverse(void *handle, const double *inverse)
{
    Levels *levels = &((Solver *)handle)->levels;
    PetscScalar *entries;
    PetscInt rows;
    if (levels->count == 0 || !levels->inverse[0]) return 0;
    TRY(VecGetLocalSize(levels->inverse[0], &rows));
    TRY(VecGetArrayWrite(levels->inverse[0], &entries));
    memcpy(entries, inverse, (size_t)rows * sizeof(double));
    return VecRestoreArrayWrite(levels->inverse[0], &entries);
}

/* What a rank has of a matrix: entries in its own columns, and, of several ranks, in those of others, of which
 * `others` are the numbers. */
typedef struct {
    Mat own, other;
    PetscInt rows, columns, other_columns;
    const PetscInt *others;
} Local;

static int local_of(Mat matrix, Local *local)
{
    PetscBool is_parallel;
    memset(local, 0, sizeof(Local));
    if (!matrix) return PETSC_ERR_ORDER;
    local->own = matrix;
    /* Also of the kinds that `-mat_type` makes of it. */
    TRY(PetscObjectBaseTypeCompare((PetscObject)matrix, MATMPIAIJ, &is_parallel));
    if (is_parallel) {
        TRY(MatMPIAIJGetSeqAIJ(matrix, &local->own, &local->other, &local->others));
        TRY(MatGetSize(local->other, NULL, &local->other_columns));
    }
    return MatGetLocalSize(matrix, &local->rows, &local->columns);
}

/* Rows and entries of the matrix below the last level on this rank, and columns of others in these. */
int shim_levels_size(void *handle, int64_t *rows, int64_t *entries, int64_t *others)
{
    Levels *levels = &((Solver *)handle)->levels;
    Local local;
    MatInfo info;
    TRY(local_of(levels->matrix[levels->count], &local));
    TRY(MatGetInfo(local.own, MAT_LOCAL, &info));
    *rows = local.rows;
    *entries = (int64_t)info.nz_used;
    *others = local.other_columns;
    if (local.other) {
        TRY(MatGetInfo(local.other, MAT_LOCAL, &info));
        *entries += (int64_t)info.nz_used;
    }
    return 0;
}

/* Adds a row of one of both parts, whose columns count from `first`. */
static int copy_row(Mat part, PetscInt row, PetscInt first, size_t *at, uint32_t *column, double *value)
{
    PetscInt count;
    const PetscInt *columns;
    const PetscScalar *values;
    TRY(MatGetRow(part, row, &count, &columns, &values));
    for (PetscInt k = 0; k < count; k++) {
        column[*at] = (uint32_t)(first + columns[k]);
        value[(*at)++] = values[k];
    }
    return MatRestoreRow(part, row, &count, &columns, &values);
}

/* These rows: `start` has one entry more than there are rows. Columns are this rank's, then the others. */
int shim_levels_rows(void *handle, size_t *start, uint32_t *column, double *value, uint64_t *others)
{
    Levels *levels = &((Solver *)handle)->levels;
    Local local;
    size_t at = 0;
    TRY(local_of(levels->matrix[levels->count], &local));
    start[0] = 0;
    for (PetscInt row = 0; row < local.rows; row++) {
        TRY(copy_row(local.own, row, 0, &at, column, value));
        if (local.other) TRY(copy_row(local.other, row, local.columns, &at, column, value));
        start[row + 1] = at;
    }
    for (PetscInt k = 0; k < local.other_columns; k++) others[k] = (uint64_t)local.others[k];
    return 0;
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

/* Makes them those of the preconditioner. What is below the first two is visited twice for each visit to the level
 * above it, unless the options say otherwise. */
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
        if (!is_said) TRY(PCMGSetCycleTypeOnLevel(pc, level, k == 0 ? PC_MG_CYCLE_V : PC_MG_CYCLE_W));
    }
    TRY(PCMGGetCoarseSolve(pc, &last));
    return KSPSetOperators(last, levels->matrix[levels->count], levels->matrix[levels->count]);
}
