/* MPI and PETSc, as few functions on numbers and pointers.
 *
 * All types that depend on the installation (MPI_Comm, PetscInt, PetscBool, PetscErrorCode) stay here:
 * the other side sees int, int64_t, uint64_t, double and pointers. Functions return 0, or PETSc's or
 * MPI's error code, of which shim_error gives the text. All are called by all ranks of a group together,
 * from the thread that called shim_start. Groups have numbers; 0 are all ranks. */

#include "shim.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#if defined(__GLIBC__)
/* SuperLU_DIST, on which PETSc may depend, tells the C library to keep all that is freed, as soon as it is
 * loaded: M_MMAP_MAX 0, M_TRIM_THRESHOLD -1. That doubles the memory of a run, so that it is taken back here,
 * after the libraries are loaded and before the program starts. These are the limits that the C library
 * comes to by itself once large blocks have been freed; after such a call it no longer looks for them. */
__attribute__((constructor)) static void give_memory_back(void)
{
    (void)mallopt(M_MMAP_MAX, 65536);
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 64 << 20);
}
#endif

/* Groups of ranks that this rank is in; one that ended is MPI_COMM_NULL. */
static MPI_Comm *groups = NULL;
static int group_count = 0;

static int add_group(MPI_Comm comm, int *group)
{
    int place = 0;
    while (place < group_count && groups[place] != MPI_COMM_NULL) place++;
    if (place == group_count) {
        MPI_Comm *more = realloc(groups, (size_t)(group_count + 1) * sizeof(MPI_Comm));
        if (!more) return PETSC_ERR_MEM;
        groups = more;
        group_count++;
    }
    groups[place] = comm;
    *group = place;
    return 0;
}

/* ---- start and end ---- */

int shim_start(void)
{
    int provided, is_running;
    TRY(MPI_Initialized(&is_running));
    if (!is_running) TRY(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided));
    /* Signals belong to the program. */
    TRY(PetscOptionsSetValue(NULL, "-no_signal_handler", "true"));
    TRY(PetscInitializeNoArguments());
    /* Errors come back as codes, without a trace on stderr. */
    TRY(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
    int all;
    return add_group(PETSC_COMM_WORLD, &all);
}

/* After this no other function may be called. */
void shim_finish(void)
{
    (void)PetscFinalize();
    (void)MPI_Finalize();
}

void shim_abort(int code) { (void)MPI_Abort(MPI_COMM_WORLD, code); }

/* Gives memory that was freed back to the system, where the C library can. */
void shim_trim(void)
{
#if defined(__GLIBC__)
    (void)malloc_trim(0);
#endif
}

/* ---- groups ---- */

/* Ranks that give the same colour become a group, in their order. */
int shim_split(int group, int colour, int *part)
{
    MPI_Comm comm;
    TRY(MPI_Comm_split(groups[group], colour, 0, &comm));
    return add_group(comm, part);
}

void shim_group_free(int group) { (void)MPI_Comm_free(&groups[group]); }

int shim_rank(int group)
{
    int rank = 0;
    (void)MPI_Comm_rank(groups[group], &rank);
    return rank;
}

int shim_size(int group)
{
    int size = 1;
    (void)MPI_Comm_size(groups[group], &size);
    return size;
}

/* Waits until all ranks are here, asleep: MPI's own waiting keeps a core busy. With `most` seconds that are not negative
 * it goes on after these, and says whether all came; if not, the only way on is shim_abort. */
int shim_wait(int group, double most, int *all_came)
{
    const struct timespec nap = {0, 1000000};
    const double start = MPI_Wtime();
    MPI_Request request;
    TRY(MPI_Ibarrier(groups[group], &request));
    for (;;) {
        TRY(MPI_Test(&request, all_came, MPI_STATUS_IGNORE));
        if (*all_came || (most >= 0.0 && MPI_Wtime() - start > most)) return 0;
        (void)nanosleep(&nap, NULL);
    }
}

/* What messages cost, as the slowest rank sees it: seconds of an exchange of one number with the
 * neighbours in a ring, seconds of a sum of one number over all, and bytes a second that a rank sends
 * while it receives as many. */
int shim_network(int group, double *latency, double *reduction, double *bandwidth)
{
    enum { SMALL = 2000, LARGE = 20, COUNT = 1 << 17 };
    MPI_Comm comm = groups[group];
    int rank = shim_rank(group), size = shim_size(group);
    int next = (rank + 1) % size, previous = (rank + size - 1) % size;
    double *sent = calloc(COUNT, sizeof(double)), *received = calloc(COUNT, sizeof(double));
    double seconds[3], slowest[3];
    if (!sent || !received) return PETSC_ERR_MEM;
    for (int k = 0; k < 3; k++) {
        int count = k == 2 ? COUNT : 1, turns = k == 2 ? LARGE : SMALL;
        TRY(MPI_Barrier(comm));
        seconds[k] = MPI_Wtime();
        for (int turn = 0; turn < turns; turn++) {
            if (k == 1) TRY(MPI_Allreduce(sent, received, 1, MPI_DOUBLE, MPI_SUM, comm));
            else TRY(MPI_Sendrecv(sent, count, MPI_DOUBLE, next, 0, received, count, MPI_DOUBLE, previous, 0, comm, MPI_STATUS_IGNORE));
        }
        seconds[k] = (MPI_Wtime() - seconds[k]) / turns;
    }
    free(sent);
    free(received);
    TRY(MPI_Allreduce(seconds, slowest, 3, MPI_DOUBLE, MPI_MAX, comm));
    *latency = slowest[0];
    *reduction = slowest[1];
    *bandwidth = COUNT * sizeof(double) / slowest[2];
    return 0;
}

typedef struct {
    double messages, bytes, reductions;
} Traffic;

/* In solves. */
static Traffic solving = {0.0, 0.0, 0.0};

/* What PETSc itself sent from this rank so far: hypre and MUMPS do not tell. */
static Traffic traffic(void)
{
    Traffic sum = {0.0, 0.0, 0.0};
#if defined(PETSC_USE_LOG)
    sum.messages = petsc_isend_ct + petsc_send_ct;
    sum.bytes = petsc_isend_len + petsc_send_len;
    sum.reductions = petsc_allreduce_ct;
#endif
    return sum;
}

void shim_traffic(double *messages, double *bytes, double *reductions)
{
    *messages = solving.messages;
    *bytes = solving.bytes;
    *reductions = solving.reductions;
}

void shim_versions(char *text, size_t length)
{
    char mpi[MPI_MAX_LIBRARY_VERSION_STRING];
    int mpi_length = 0;
    (void)MPI_Get_library_version(mpi, &mpi_length);
    mpi[strcspn(mpi, ",\n")] = '\0';
    (void)PetscSNPrintf(text, length, "PETSc %d.%d.%d, %s", PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR,
                        PETSC_VERSION_SUBMINOR, mpi);
}

void shim_error(int code, char *text, size_t length)
{
    const char *general = NULL;
    char *specific = NULL;
    (void)PetscErrorMessage((PetscErrorCode)code, &general, &specific);
    (void)PetscSNPrintf(text, length, "%s%s%s", general ? general : "unknown error",
                        specific && specific[0] ? ": " : "", specific ? specific : "");
}

/* ---- words between ranks ---- */

int shim_gather_counts(int group, int count, int *counts)
{
    return MPI_Allgather(&count, 1, MPI_INT, counts, 1, MPI_INT, groups[group]);
}

int shim_gather(int group, const uint64_t *words, int count, uint64_t *all, const int *counts,
                const int *starts)
{
    return MPI_Allgatherv(words, count, MPI_UINT64_T, all, counts, starts, MPI_UINT64_T, groups[group]);
}

int shim_exchange_counts(int group, const int *sends, int *receives)
{
    return MPI_Alltoall(sends, 1, MPI_INT, receives, 1, MPI_INT, groups[group]);
}

int shim_exchange(int group, const uint64_t *words, const int *sends, const int *send_starts,
                  uint64_t *received, const int *receives, const int *receive_starts)
{
    return MPI_Alltoallv(words, sends, send_starts, MPI_UINT64_T, received, receives, receive_starts,
                         MPI_UINT64_T, groups[group]);
}

/* To one rank, and from whoever sent: `*from` is -1 when nobody did. */
int shim_send(int group, const uint64_t *words, int count, int to)
{
    return MPI_Send(words, count, MPI_UINT64_T, to, 1, groups[group]);
}

int shim_probe(int group, int *from, int *count)
{
    MPI_Status status;
    int is_there = 0;
    *from = -1;
    TRY(MPI_Iprobe(MPI_ANY_SOURCE, 1, groups[group], &is_there, &status));
    if (!is_there) return 0;
    *from = status.MPI_SOURCE;
    return MPI_Get_count(&status, MPI_UINT64_T, count);
}

int shim_receive(int group, uint64_t *words, int count, int from)
{
    return MPI_Recv(words, count, MPI_UINT64_T, from, 1, groups[group], MPI_STATUS_IGNORE);
}

/* ---- options ---- */

/* The options of a case, and over them those of the environment. */
int shim_options(const char *options)
{
    const char *environment = getenv("PETSC_OPTIONS");
    TRY(PetscOptionsInsertString(NULL, options));
    if (environment) TRY(PetscOptionsInsertString(NULL, environment));
    return 0;
}

/* ---- a partition ---- */

/* `owner[k]` becomes the part of this rank's vertex k. `start` (`count` + 1) and `neighbour` are the
 * rows of this rank of the adjacency of `all` vertices, without loops. Without `weight` all weigh the same. */
int shim_partition(int group, int64_t count, int64_t all, const int64_t *start, const uint32_t *neighbour,
                   const uint32_t *weight, int64_t *owner)
{
    Mat graph;
    MatPartitioning partitioning;
    IS parts;
    PetscInt *i, *j;
    const PetscInt *part;
    if (all > PETSC_MAX_INT || start[count] > PETSC_MAX_INT) return PETSC_ERR_ARG_OUTOFRANGE;
    TRY(PetscMalloc1(count + 1, &i));
    TRY(PetscMalloc1(start[count], &j));
    for (int64_t k = 0; k <= count; k++) i[k] = (PetscInt)start[k];
    for (int64_t k = 0; k < start[count]; k++) j[k] = (PetscInt)neighbour[k];
    /* The graph owns i and j from now on. */
    TRY(MatCreateMPIAdj(groups[group], (PetscInt)count, (PetscInt)all, i, j, NULL, &graph));
    TRY(MatPartitioningCreate(groups[group], &partitioning));
    TRY(MatPartitioningSetAdjacency(partitioning, graph));
    if (weight) {
        /* Not empty where there is no vertex: PTScotch wants weights on all ranks or on none. */
        PetscInt *w;
        TRY(PetscMalloc1(count + 1, &w));
        for (int64_t k = 0; k < count; k++) w[k] = (PetscInt)weight[k];
        /* The partitioning owns w from now on. */
        TRY(MatPartitioningSetVertexWeights(partitioning, w));
    }
    TRY(MatPartitioningSetFromOptions(partitioning));
    TRY(MatPartitioningApply(partitioning, &parts));
    TRY(ISGetIndices(parts, &part));
    for (int64_t k = 0; k < count; k++) owner[k] = part[k];
    TRY(ISRestoreIndices(parts, &part));
    TRY(ISDestroy(&parts));
    TRY(MatPartitioningDestroy(&partitioning));
    return MatDestroy(&graph);
}

/* ---- a linear solver ---- */

static void destroy(Solver *solver)
{
    levels_forget(&solver->levels);
    (void)KSPDestroy(&solver->ksp);
    (void)MatDestroy(&solver->matrix);
    (void)VecDestroy(&solver->b);
    (void)VecDestroy(&solver->x);
    free(solver);
}

void shim_solver_free(void *solver) { destroy(solver); }

/* Conjugate gradients, unless the options want something else. They stop at the natural norm of the residual,
 * (r, M r)^(1/2) with M the preconditioner, which is about the error in the energy: in that of r alone, nodes
 * on the axis of symmetry have next to no weight. Other methods do not have it. */
static int create_ksp(MPI_Comm comm, KSP *ksp)
{
    PetscBool is_direct, is_cg, is_given;
    const char *prefix;
    TRY(KSPCreate(comm, ksp));
    TRY(KSPSetType(*ksp, KSPCG));
    TRY(KSPSetNormType(*ksp, KSP_NORM_NATURAL));
    TRY(KSPSetFromOptions(*ksp));
    TRY(KSPGetOptionsPrefix(*ksp, &prefix));
    TRY(PetscOptionsHasName(NULL, prefix, "-ksp_norm_type", &is_given));
    TRY(PetscObjectTypeCompare((PetscObject)*ksp, KSPCG, &is_cg));
    if (!is_cg && !is_given) TRY(KSPSetNormType(*ksp, KSP_NORM_UNPRECONDITIONED));
    TRY(PetscObjectTypeCompare((PetscObject)*ksp, KSPPREONLY, &is_direct));
    if (is_direct) {
        /* It knows no residuals. */
        TRY(KSPSetNormType(*ksp, KSP_NORM_NONE));
    }
    return 0;
}

/* `defaults` for options that have no value, until `end_defaults` gets `given`, which this gives. */
static int begin_defaults(const char *defaults, char **given)
{
#define SMOOTHER(prefix, which) "-" prefix "pc_hypre_boomeramg_relax_type_" which
#define SMOOTHERS(prefix) {SMOOTHER(prefix, "all"), SMOOTHER(prefix, "down"), SMOOTHER(prefix, "up")}
    static const char *const smoothers[][3] = {SMOOTHERS(""), SMOOTHERS("mg_coarse_")};
    TRY(PetscOptionsGetAll(NULL, given));
    TRY(PetscOptionsInsertString(NULL, defaults));
    for (int k = 0; k < 2; k++) {
        PetscBool both_ways;
        TRY(PetscOptionsHasName(NULL, NULL, smoothers[k][0], &both_ways));
        if (!both_ways) continue;
        /* PETSc would read these after it. */
        TRY(PetscOptionsClearValue(NULL, smoothers[k][1]));
        TRY(PetscOptionsClearValue(NULL, smoothers[k][2]));
    }
    return PetscOptionsInsertString(NULL, *given);
}

static int end_defaults(char *given)
{
    TRY(PetscOptionsClear(NULL));
    TRY(PetscOptionsInsertString(NULL, given));
    return PetscFree(given);
}

static int create_with_defaults(MPI_Comm comm, const char *defaults, KSP *ksp)
{
    char *given = NULL;
    int code;
    TRY(begin_defaults(defaults, &given));
    code = create_ksp(comm, ksp);
    TRY(end_defaults(given));
    return code;
}

int shim_solver_new(int group, const char *defaults, void **out)
{
    Solver *solver = calloc(1, sizeof(Solver));
    if (!solver) return PETSC_ERR_MEM;
    int code = create_with_defaults(groups[group], defaults, &solver->ksp);
    if (code) {
        destroy(solver);
        return code;
    }
    *out = solver;
    return 0;
}

/* What the options made of it: method, preconditioner, and what solves below the levels that are known. */
int shim_solver_types(void *handle, char *text, size_t length)
{
    Solver *solver = handle;
    PC pc;
    KSP last;
    KSPType ksp;
    PCType type, below = NULL;
    TRY(KSPGetType(solver->ksp, &ksp));
    TRY(KSPGetPC(solver->ksp, &pc));
    TRY(PCGetType(pc, &type));
    if (solver->levels.count > 0) {
        TRY(PCMGGetCoarseSolve(pc, &last));
        TRY(KSPGetPC(last, &pc));
        TRY(PCGetType(pc, &below));
    }
    return PetscSNPrintf(text, length, "%s %s %s", ksp ? ksp : "none", type ? type : "none", below ? below : "none");
}

/* Vectors that multigrid has to keep: so many, each with an entry for each row of this rank. */
typedef struct {
    int64_t count, rows;
    const double *entries;
} Motions;

/* Tells the matrix what it nearly maps to zero. */
static int set_motions(Mat matrix, const Motions *motions)
{
    MatNullSpace space;
    Vec *vectors;
    Vec like;
    PetscInt count = (PetscInt)motions->count;
    TRY(MatCreateVecs(matrix, &like, NULL));
    TRY(VecDuplicateVecs(like, count, &vectors));
    TRY(VecDestroy(&like));
    for (PetscInt m = 0; m < count; m++) {
        PetscScalar *entries;
        TRY(VecGetArray(vectors[m], &entries));
        memcpy(entries, motions->entries + m * motions->rows, (size_t)motions->rows * sizeof(double));
        TRY(VecRestoreArray(vectors[m], &entries));
        /* What is kept must be orthonormal. */
        for (PetscInt k = 0; k < m; k++) {
            PetscScalar along;
            TRY(VecDot(vectors[m], vectors[k], &along));
            TRY(VecAXPY(vectors[m], -along, vectors[k]));
        }
        TRY(VecNormalize(vectors[m], NULL));
    }
    TRY(MatNullSpaceCreate(PetscObjectComm((PetscObject)matrix), PETSC_FALSE, count, vectors, &space));
    TRY(VecDestroyVecs(count, &vectors));
    TRY(MatSetNearNullSpace(matrix, space));
    return MatNullSpaceDestroy(&space);
}

static int create_matrix(Solver *solver, const Rows *rows, int64_t block)
{
    MPI_Comm comm = PetscObjectComm((PetscObject)solver->ksp);
    const PetscInt owned = (PetscInt)rows->rows;
    TRY(matrix_create(comm, rows, block, &solver->matrix));
    TRY(MatSetOption(solver->matrix, MAT_SPD, PETSC_TRUE));
    /* Vectors without memory of their own: they are put over the caller's. */
    TRY(VecCreateMPIWithArray(comm, 1, owned, PETSC_DECIDE, NULL, &solver->b));
    return VecCreateMPIWithArray(comm, 1, owned, PETSC_DECIDE, NULL, &solver->x);
}

/* Where MUMPS estimates the room for a small matrix on many ranks, its 20 % more are too few. */
static int give_room(KSP ksp)
{
    PC pc;
    Mat factor;
    MatSolverType type = NULL;
    PetscBool is_cholesky, is_lu, is_mumps;
    TRY(KSPGetPC(ksp, &pc));
    TRY(PetscObjectTypeCompare((PetscObject)pc, PCCHOLESKY, &is_cholesky));
    TRY(PetscObjectTypeCompare((PetscObject)pc, PCLU, &is_lu));
    if (!is_cholesky && !is_lu) return 0;
    TRY(PCFactorGetMatSolverType(pc, &type));
    TRY(PetscStrcmp(type, MATSOLVERMUMPS, &is_mumps));
    if (!is_mumps) return 0;
    TRY(PCFactorSetUpMatSolverType(pc));
    TRY(PCFactorGetMatrix(pc, &factor));
    return MatMumpsSetIcntl(factor, 14, 100);
}

/* Takes the matrix, `block` rows of it for a node, or new values; the places of the entries never change. Of `motion`
 * there are so many vectors with an entry for each row. */
int shim_solver_matrix(void *handle, const Rows *rows, int64_t block, int64_t motions, const double *motion)
{
    Solver *solver = handle;
    if (solver->matrix) return matrix_set_values(solver->matrix, rows);
    const int code = create_matrix(solver, rows, block);
    if (code) {
        /* Half of one is none. */
        (void)MatDestroy(&solver->matrix);
        return code;
    }
    TRY(matrix_set_values(solver->matrix, rows));
    if (motions > 0) TRY(set_motions(solver->matrix, &(Motions){motions, rows->rows, motion}));
    TRY(KSPSetOperators(solver->ksp, solver->matrix, solver->matrix));
    return give_room(solver->ksp);
}

/* Reads the options once more, with other defaults. */
int shim_solver_defaults(void *handle, const char *defaults)
{
    Solver *solver = handle;
    char *given = NULL;
    TRY(begin_defaults(defaults, &given));
    const int code = KSPSetFromOptions(solver->ksp);
    TRY(end_defaults(given));
    return code;
}

/* Makes the preconditioner, whose parts may have `defaults` of their own. With `keep` it stays as it was. */
int shim_solver_set_up(void *handle, const char *defaults, int keep)
{
    Solver *solver = handle;
    char *given = NULL;
    TRY(KSPSetReusePreconditioner(solver->ksp, keep ? PETSC_TRUE : PETSC_FALSE));
    TRY(begin_defaults(defaults, &given));
    const int code = KSPSetUp(solver->ksp);
    TRY(end_defaults(given));
    return code;
}

/* Begins with x where it is not zero, else without a guess, which spares a preconditioning. */
static int set_guess(Solver *solver)
{
    PetscBool is_direct;
    PetscReal largest = 0.0;
    TRY(PetscObjectTypeCompare((PetscObject)solver->ksp, KSPPREONLY, &is_direct));
    /* That one knows no guesses. */
    if (!is_direct) TRY(VecNorm(solver->x, NORM_INFINITY, &largest));
    return KSPSetInitialGuessNonzero(solver->ksp, largest > 0.0 ? PETSC_TRUE : PETSC_FALSE);
}

/* |b - A x| after a solve; zero for a factorisation, which was not asked. */
static int true_residual(Solver *solver, double *residual)
{
    PetscBool is_direct;
    Vec rest;
    *residual = 0.0;
    TRY(PetscObjectTypeCompare((PetscObject)solver->ksp, KSPPREONLY, &is_direct));
    if (is_direct) return 0;
    TRY(MatCreateVecs(solver->matrix, NULL, &rest));
    TRY(MatResidual(solver->matrix, solver->b, solver->x, rest));
    TRY(VecNorm(rest, NORM_2, residual));
    return VecDestroy(&rest);
}

/* Solves A x = b until the residual has fallen to rtol of the right-hand side, in the norm of the method.
 * `reason` is that of PETSc, positive for success; `residual` is |b - A x| and `size` |b|. */
int shim_solver_solve(void *handle, const double *b, double *x, double rtol, int most, int *iterations,
                      int *reason, double *residual, double *size)
{
    Solver *solver = handle;
    PetscInt count;
    KSPConvergedReason why;
    TRY(VecPlaceArray(solver->b, b));
    TRY(VecPlaceArray(solver->x, x));
    TRY(set_guess(solver));
    TRY(KSPSetTolerances(solver->ksp, rtol, 0.0, 1e30, most));
    const Traffic before = traffic();
    TRY(KSPSolve(solver->ksp, solver->b, solver->x));
    const Traffic after = traffic();
    solving.messages += after.messages - before.messages;
    solving.bytes += after.bytes - before.bytes;
    solving.reductions += after.reductions - before.reductions;
    TRY(KSPGetIterationNumber(solver->ksp, &count));
    TRY(KSPGetConvergedReason(solver->ksp, &why));
    TRY(true_residual(solver, residual));
    TRY(VecNorm(solver->b, NORM_2, size));
    TRY(VecResetArray(solver->b));
    TRY(VecResetArray(solver->x));
    *iterations = (int)count;
    *reason = (int)why;
    return 0;
}

/* x = M b, with M the preconditioner. */
int shim_solver_precondition(void *handle, const double *b, double *x)
{
    Solver *solver = handle;
    PC pc;
    TRY(KSPGetPC(solver->ksp, &pc));
    TRY(VecPlaceArray(solver->b, b));
    TRY(VecPlaceArray(solver->x, x));
    TRY(PCApply(pc, solver->b, solver->x));
    TRY(VecResetArray(solver->b));
    return VecResetArray(solver->x);
}

/* 1 where the preconditioner ran out of memory, 0 where it did not or does not know. */
int shim_solver_lacks_memory(void *handle, int *lacks)
{
    Solver *solver = handle;
    PC pc;
    PCFailedReason why;
    TRY(KSPGetPC(solver->ksp, &pc));
    TRY(PCGetFailedReason(pc, &why));
    *lacks = why == PC_FACTOR_OUTMEMORY;
    return 0;
}
