# Puts the changes to be reviewed into a file: review.sh found|uncommitted|since BASE FOLDER
#
# Untracked files are part of the difference. For that they are noted in a copy of the index, with objects of its own, so
# that nothing of the repository is written. No program of the repository's is started.
set -eu
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_PREFIX
which=$1 base=$2 folder=$3
refuse() { echo "$1" >&2; exit 1; }
git() {
    command git --no-optional-locks -c core.fsmonitor=false -c core.quotePath=false "$@"
}
commit() { git rev-parse --verify --quiet --end-of-options "$1^{commit}"; }
difference() { git diff --no-ext-diff --no-textconv --no-color --find-renames "$@"; }

root=$(git rev-parse --show-toplevel 2>/dev/null) || refuse "there is no git repository here to review changes of"
cd "$root"
head=$(commit HEAD) || head=$(git hash-object -t tree /dev/null)

since() {
    tip=$(commit "$1") || return 1
    git merge-base "$tip" "$head"
}

case $which in
found)
    if [ -n "$(git status --porcelain | head -n 1)" ]; then
        from=$head told="uncommitted changes"
    else
        from=
        for branch in refs/remotes/origin/HEAD refs/remotes/origin/main refs/remotes/origin/master \
            refs/heads/main refs/heads/master; do
            from=$(since "$branch") && [ "$from" != "$head" ] && break
            from=
        done
        [ -n "$from" ] || refuse "there is nothing to review: no uncommitted changes, and nothing beyond the main branch"
        told="changes of the branch since ${branch#refs/*/}"
    fi ;;
uncommitted) from=$head told="uncommitted changes" ;;
since)
    from=$(since "$base") || refuse "there is no branch or commit '$base' here with a common ancestor"
    told="changes since $base" ;;
esac

mkdir -p "$folder"
rm -rf "$folder"/*
GIT_ALTERNATE_OBJECT_DIRECTORIES=$(git rev-parse --path-format=absolute --git-path objects)
index=$(git rev-parse --path-format=absolute --git-path index)
# With its time: git tells by it which files may have changed since without looking different.
[ ! -e "$index" ] || cp -p "$index" "$folder/index"
GIT_INDEX_FILE=$folder/index GIT_OBJECT_DIRECTORY=$folder/objects
export GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
mkdir "$folder/objects"
git add --all --intent-to-add
{
    echo "# $told: git diff $from"
    echo
    difference --stat=200 "$from" --
    echo
    difference "$from" --
} > "$folder/changes.new"
[ -n "$(sed -n 3p "$folder/changes.new")" ] || refuse "there is nothing to review: no $told"
mv "$folder/changes.new" "$folder/changes.diff"
rm -rf "$folder/objects" "$folder/index"
