/* Matrices from the rows of this rank: first where their entries are, then values, once or again and again.
 *
 * PETSc keeps the rows of a rank in two matrices: entries in the columns of this rank, which are numbered from zero, and
 * those in the columns of others, of which it makes a list. One rank has the first one alone, unless it asks for the
 * kind of several. Both are written to directly. */

#include "shim.h"

enum { OWN, OTHER };

/* Other columns, in place of own ones, which count from zero. */
static PetscInt other_column(PetscInt number) { return -1 - number; }

static PetscInt column_of(PetscInt place, int which) { return which == OTHER ? -1 - place : place; }

/* Where each local column is: among this rank's own, or that other one of the list, which increases; without a list the
 * number of this other one among those of all ranks. */
static int find_columns(const Rows *rows, const PetscInt *list, PetscInt count, PetscInt *place)
{
    for (int64_t c = 0; c < rows->locals; c++) {
        const int64_t own = (int64_t)rows->global[c] - rows->first_column;
        PetscInt number = (PetscInt)rows->global[c];
        if (own >= 0 && own < rows->columns) {
            place[c] = (PetscInt)own;
            continue;
        }
        if (list) TRY(PetscFindInt(number, count, list, &number));
        /* Not on the list is a copy that no row here has an entry for; it is never met. */
        place[c] = other_column(number < 0 ? PETSC_MAX_INT : number);
    }
    return 0;
}

/* How many entries of each row are in each of the two matrices, and how many there are in all. */
static void count_entries(const Rows *rows, const PetscInt *place, PetscInt *length[2], size_t all[2])
{
    for (int64_t row = 0; row < rows->rows; row++) {
        PetscInt others = 0;
        for (size_t k = rows->start[row]; k < rows->start[row + 1]; k++) others += place[rows->column[k]] < 0;
        length[OTHER][row] = others;
        length[OWN][row] = (PetscInt)(rows->start[row + 1] - rows->start[row]) - others;
        all[OTHER] += (size_t)length[OTHER][row];
        all[OWN] += (size_t)length[OWN][row];
    }
}

/* The columns of one of the two matrices, row by row and increasing. They are written to where PETSc keeps them, and it
 * is told after that to take what stands there: a list of them in between would be as large. */
static int set_columns(Mat part, const Rows *rows, const PetscInt *place, int which)
{
    const PetscInt *start, *kept;
    PetscInt count;
    PetscBool done;
    TRY(MatGetRowIJ(part, 0, PETSC_FALSE, PETSC_FALSE, &count, &start, &kept, &done));
    if (!done) return PETSC_ERR_SUP;
    PetscInt *columns = (PetscInt *)kept;
    for (int64_t row = 0; row < rows->rows; row++) {
        PetscInt *const first = columns + start[row], *next = first;
        PetscBool is_sorted = PETSC_TRUE;
        for (size_t k = rows->start[row]; k < rows->start[row + 1]; k++) {
            const PetscInt at = place[rows->column[k]];
            if ((at < 0) != (which == OTHER)) continue;
            *next = column_of(at, which);
            if (next > first && next[0] < next[-1]) is_sorted = PETSC_FALSE;
            next++;
        }
        if (!is_sorted) TRY(PetscSortInt((PetscInt)(next - first), first));
    }
    TRY(MatSeqAIJSetColumnIndices(part, columns));
    return MatRestoreRowIJ(part, 0, PETSC_FALSE, PETSC_FALSE, &count, &start, &kept, &done);
}

/* Makes room for the entries of both matrices, and says where they are. */
static int set_pattern(Mat matrix, const Rows *rows, const PetscInt *place)
{
    PetscInt *length[2];
    size_t all[2] = {0, 0};
    PetscBool is_parallel;
    Mat part[2] = {matrix, NULL};
    TRY(PetscObjectBaseTypeCompare((PetscObject)matrix, MATMPIAIJ, &is_parallel));
    TRY(PetscMalloc2(rows->rows, &length[OWN], rows->rows, &length[OTHER]));
    count_entries(rows, place, length, all);
    /* Of these two the one that is not for this number of ranks does nothing. */
    TRY(MatSeqAIJSetPreallocation(matrix, 0, length[OWN]));
    TRY(MatMPIAIJSetPreallocation(matrix, 0, length[OWN], 0, length[OTHER]));
    TRY(PetscFree2(length[OWN], length[OTHER]));
    if (is_parallel) TRY(MatMPIAIJGetSeqAIJ(matrix, &part[OWN], &part[OTHER], NULL));
    for (int which = OWN; which <= OTHER; which++) {
        /* A PETSc that checks its arguments takes no columns that are nowhere. */
        if (all[which] > 0) TRY(set_columns(part[which], rows, place, which));
    }
    return 0;
}

/* PETSC_ERR_SUP for what `-mat_type` makes that is not of the kind that is written to here. */
static int check_kind(Mat matrix)
{
    PetscBool is_known;
    TRY(PetscObjectBaseTypeCompareAny((PetscObject)matrix, &is_known, MATSEQAIJ, MATMPIAIJ, ""));
    return is_known ? 0 : PETSC_ERR_SUP;
}

/* The matrix without values. `block` rows belong to a node. */
int matrix_create(MPI_Comm comm, const Rows *rows, int64_t block, Mat *matrix)
{
    PetscInt *place;
    if (PetscMax(rows->all_rows, rows->all_columns) > PETSC_MAX_INT) return PETSC_ERR_ARG_OUTOFRANGE;
    if (rows->start[rows->rows] > (size_t)PETSC_MAX_INT) return PETSC_ERR_ARG_OUTOFRANGE;
    TRY(MatCreate(comm, matrix));
    TRY(MatSetSizes(*matrix, (PetscInt)rows->rows, (PetscInt)rows->columns, (PetscInt)rows->all_rows,
                    (PetscInt)rows->all_columns));
    TRY(MatSetBlockSize(*matrix, (PetscInt)block));
    TRY(MatSetType(*matrix, MATAIJ));
    TRY(MatSetFromOptions(*matrix));
    TRY(check_kind(*matrix));
    TRY(PetscMalloc1(rows->locals, &place));
    TRY(find_columns(rows, NULL, 0, place));
    TRY(set_pattern(*matrix, rows, place));
    TRY(PetscFree(place));
    TRY(MatSetOption(*matrix, MAT_NO_OFF_PROC_ENTRIES, PETSC_TRUE));
    TRY(MatAssemblyBegin(*matrix, MAT_FINAL_ASSEMBLY));
    return MatAssemblyEnd(*matrix, MAT_FINAL_ASSEMBLY);
}

/* One of the two matrices, open to be written to. */
typedef struct {
    Mat matrix;
    PetscInt rows;
    const PetscInt *start, *column;
    PetscScalar *value;
} Part;

static int open_part(Part *part)
{
    PetscBool done;
    TRY(MatGetRowIJ(part->matrix, 0, PETSC_FALSE, PETSC_FALSE, &part->rows, &part->start, &part->column, &done));
    if (!done) return PETSC_ERR_SUP;
    return MatSeqAIJGetArray(part->matrix, &part->value);
}

static int close_part(Part *part)
{
    PetscBool done;
    TRY(MatSeqAIJRestoreArray(part->matrix, &part->value));
    return MatRestoreRowIJ(part->matrix, 0, PETSC_FALSE, PETSC_FALSE, &part->rows, &part->start, &part->column, &done);
}

/* All values of a row. Mostly an entry follows upon the one before it, in PETSc's order, too; else it is looked for. */
static int set_row(const Rows *rows, int64_t row, const PetscInt *place, const Part parts[2])
{
    PetscInt begin[2] = {0, 0}, next[2] = {0, 0}, end[2] = {0, 0};
    for (int which = OWN; which <= OTHER && parts[which].matrix; which++) {
        begin[which] = next[which] = parts[which].start[row];
        end[which] = parts[which].start[row + 1];
    }
    const size_t entries = rows->start[row + 1] - rows->start[row];
    if (entries != (size_t)(end[OWN] - begin[OWN] + end[OTHER] - begin[OTHER])) return PETSC_ERR_ARG_SIZ;
    for (size_t k = rows->start[row]; k < rows->start[row + 1]; k++) {
        const int which = place[rows->column[k]] < 0 ? OTHER : OWN;
        const PetscInt column = column_of(place[rows->column[k]], which);
        const Part *part = &parts[which];
        PetscInt at = next[which];
        if (at == end[which] || part->column[at] != column) {
            TRY(PetscFindInt(column, end[which] - begin[which], part->column + begin[which], &at));
            if (at < 0) return PETSC_ERR_ARG_OUTOFRANGE;
            at += begin[which];
        }
        part->value[at] = rows->value[k];
        next[which] = at + 1;
    }
    return 0;
}

static int set_rows(const Rows *rows, const PetscInt *place, const Part parts[2])
{
    for (int64_t row = 0; row < rows->rows; row++) TRY(set_row(rows, row, place, parts));
    return 0;
}

/* New values for all entries, which are those that the matrix was created with. */
int matrix_set_values(Mat matrix, const Rows *rows)
{
    Part parts[2] = {{.matrix = matrix}, {.matrix = NULL}};
    const PetscInt *list = NULL;
    PetscInt count = 0, *place;
    PetscBool is_parallel;
    TRY(PetscObjectBaseTypeCompare((PetscObject)matrix, MATMPIAIJ, &is_parallel));
    if (is_parallel) {
        TRY(MatMPIAIJGetSeqAIJ(matrix, &parts[OWN].matrix, &parts[OTHER].matrix, &list));
        TRY(MatGetSize(parts[OTHER].matrix, NULL, &count));
        TRY(open_part(&parts[OTHER]));
    }
    TRY(open_part(&parts[OWN]));
    if (parts[OWN].rows != rows->rows) return PETSC_ERR_ARG_SIZ;
    TRY(PetscMalloc1(rows->locals, &place));
    TRY(find_columns(rows, list, count, place));
    TRY(set_rows(rows, place, parts));
    TRY(PetscFree(place));
    TRY(close_part(&parts[OWN]));
    if (is_parallel) TRY(close_part(&parts[OTHER]));
    /* What a kind of matrices derives of its entries is made anew here. */
    TRY(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
    return MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY);
}
