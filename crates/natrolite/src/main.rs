//! The command line of Natrolite.
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let case = match natrolite::case::read_file(path.as_ref(), &[]) {
        Ok(c) => c,
        Err(e) => {
            eprintln!("{e}");
            std::process::exit(2)
        }
    };
    let mut r = match natrolite::run::solve_case(&case, 0, &mut natrolite::run::Silent) {
        Ok(c) => c,
        Err(e) => {
            eprintln!("{e}");
            std::process::exit(2)
        }
    };
    let dir = std::path::PathBuf::from("out").join(case.path.file_stem().unwrap());
    let folder = natrolite::output::Folder::prepare(&dir, true).unwrap();
    let t = std::time::Instant::now();
    natrolite::output::write_data(&r, folder.path(), case.output.compression).unwrap();
    r.summary.seconds.output = t.elapsed().as_secs_f64();
    natrolite::output::write_summary(&r.summary, folder.path()).unwrap();
    folder.commit().unwrap();
    println!("{}", natrolite::output::summary_json(&r.summary));
}
