use super::*;

/// A folder for one test, and in it the folder of a run.
fn place() -> (tempfile::TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let target = fs::canonicalize(root.path()).unwrap().join("out/case");
    (root, target)
}

fn run(target: &Path, force: bool, content: &str) -> Result<(), OutputError> {
    let folder = Folder::prepare(target, force)?;
    fs::write(folder.path().join("summary.json"), content).unwrap();
    folder.commit()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn read(target: &Path) -> String {
    fs::read_to_string(target.join("summary.json")).unwrap()
}

#[test]
fn parents_are_made_and_a_later_run_replaces_the_folder() {
    let (_root, target) = place();
    run(&target, false, "1").unwrap();
    fs::write(target.join("profile_old.csv"), "").unwrap();
    run(&target, false, "2").unwrap();
    assert_eq!(names(&target), [MARKER, "summary.json"]);
    assert_eq!(read(&target), "2");
    assert_eq!(names(target.parent().unwrap()), ["case"]);
}

#[test]
fn nothing_has_its_final_name_before_the_end() {
    let (_root, target) = place();
    let folder = Folder::prepare(&target, false).unwrap();
    fs::write(folder.path().join("summary.json"), "1").unwrap();
    assert!(!target.exists());
    assert_eq!(folder.path().parent(), target.parent());
    folder.commit().unwrap();
    assert!(target.is_dir());
}

#[test]
fn a_run_that_stops_leaves_what_was_there() {
    let (root, target) = place();
    drop(Folder::prepare(&target, false).unwrap());
    assert_eq!(names(root.path()), Vec::<String>::new(), "parents made in vain are removed");

    run(&target, false, "1").unwrap();
    let folder = Folder::prepare(&target, false).unwrap();
    fs::write(folder.path().join("summary.json"), "2").unwrap();
    drop(folder);
    assert_eq!(read(&target), "1");
    assert_eq!(names(target.parent().unwrap()), ["case"]);
}

#[test]
fn a_folder_that_no_run_made_is_refused_unless_forced() {
    let (_root, target) = place();
    fs::create_dir_all(&target).unwrap();
    fs::write(target.join("thesis.tex"), "").unwrap();
    let error = run(&target, false, "1").unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "output folder {}: no earlier run made it (it holds \"thesis.tex\"), so it is not \
             replaced; name another --output, or add --force to replace it and all it holds",
            target.display()
        )
    );
    assert_eq!(error.exit_code(), 2);
    assert_eq!(names(&target), ["thesis.tex"]);
    assert_eq!(names(target.parent().unwrap()), ["case"]);
    run(&target, true, "1").unwrap();
    assert_eq!(names(&target), [MARKER, "summary.json"]);
}

#[test]
fn a_folder_filled_by_others_meanwhile_is_not_replaced() {
    let (_root, target) = place();
    let folder = Folder::prepare(&target, false).unwrap();
    fs::create_dir(&target).unwrap();
    fs::write(target.join("other"), "").unwrap();
    assert!(matches!(folder.commit(), Err(OutputError::Refused { .. })));
    assert_eq!(names(target.parent().unwrap()), ["case"]);
    assert_eq!(names(&target), ["other"]);
}

#[test]
fn an_empty_folder_is_taken() {
    let (_root, target) = place();
    fs::create_dir_all(&target).unwrap();
    run(&target, false, "1").unwrap();
    assert_eq!(read(&target), "1");
}

#[test]
fn a_file_in_the_way_is_an_error() {
    let (_root, target) = place();
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::write(&target, "precious").unwrap();
    for force in [false, true] {
        let error = run(&target, force, "1").unwrap_err();
        assert!(matches!(&error, OutputError::NotAFolder { path } if *path == target), "{error}");
        assert_eq!(error.exit_code(), 4);
    }
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");

    // A file where a parent should be.
    let error = run(&target.join("deeper"), false, "1").unwrap_err();
    assert_eq!(error.exit_code(), 4);
    assert!(error.to_string().contains(&*target.to_string_lossy()), "{error}");
}

#[test]
fn a_place_where_nobody_may_write_is_an_error_before_the_run() {
    // The folder of processes takes no new folders, not even from the administrator.
    let place = if cfg!(target_os = "linux") { "/proc/case" } else { "/dev/null/case" };
    let error = Folder::prepare(Path::new(place), false).unwrap_err();
    assert!(error.to_string().starts_with("cannot create /"), "{error}");
    assert_eq!(error.exit_code(), 4);
}

#[test]
fn folders_that_hold_the_current_one_are_never_replaced() {
    for place in ["", ".", "/", ".."] {
        let error = Folder::prepare(Path::new(place), true).unwrap_err();
        assert!(matches!(error, OutputError::Unsuitable { .. }), "{place}: {error}");
        assert_eq!(error.exit_code(), 2);
    }
}

#[test]
fn left_overs_of_killed_runs_are_removed_and_those_of_living_ones_kept() {
    let (_root, target) = place();
    let parent = target.parent().unwrap();
    for name in ["case.partial-4000000001", "case.partial-4000000002", "case.partial-x"] {
        fs::create_dir_all(parent.join(name)).unwrap();
        fs::write(parent.join(name).join(MARKER), "").unwrap();
    }
    let alive = File::open(parent.join("case.partial-4000000002").join(MARKER)).unwrap();
    alive.try_lock().unwrap();
    run(&target, false, "1").unwrap();
    assert_eq!(names(parent), ["case", "case.partial-4000000002", "case.partial-x"]);
}

#[test]
fn a_folder_moved_away_by_a_killed_run_comes_back() {
    let (_root, target) = place();
    run(&target, false, "old").unwrap();
    let away = beside(&target, REPLACED, 4_000_000_001);
    fs::rename(&target, &away).unwrap();
    drop(Folder::prepare(&target, false).unwrap());
    assert_eq!(read(&target), "old");

    // Killed after the new folder was in place: the old one goes.
    fs::create_dir(&away).unwrap();
    run(&target, false, "new").unwrap();
    assert_eq!(names(target.parent().unwrap()), ["case"]);
    assert_eq!(read(&target), "new");
}

#[test]
fn when_the_new_folder_cannot_be_moved_in_the_old_one_comes_back() {
    let (_root, target) = place();
    run(&target, false, "old").unwrap();
    let folder = Folder::prepare(&target, false).unwrap();
    fs::remove_dir_all(folder.path()).unwrap();
    let error = folder.commit().unwrap_err();
    assert_eq!(error.exit_code(), 4);
    assert_eq!(read(&target), "old");
    assert_eq!(names(target.parent().unwrap()), ["case"]);
}
