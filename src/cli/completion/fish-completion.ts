/** Returns a completion script for fish, which the user sources. */
export function fishCompletion(): string {
  return `# Completion of healer for fish: healer completion fish | source
function __healer_words
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l lines ($words[1] completion --words -- $words[2..-1] $current 2>/dev/null)
  set -q lines[1]; or return
  set -l header (string split -- \\t $lines[1])
  test (count $lines) -gt 1; and printf '%s\\n' $lines[2..-1]
  if test "$header[1]" = files
    set -l value (string sub -s (math (string length -- "$header[2]") + 1) -- $current)
    for path in (__fish_complete_path $value)
      printf '%s%s\\n' $header[2] $path
    end
  end
end
complete -c healer -f -a '(__healer_words)'
`;
}
