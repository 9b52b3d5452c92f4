/**
 * Returns the number that would be at an index if the first `count` numbers were sorted (Hoare's selection). It reorders
 * them, and takes a time proportional to their number.
 */
export function select(numbers: Float64Array, count: number, index: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = numbers[(low + high) >> 1] ?? 0;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((numbers[left] ?? 0) < pivot) left++;
      while ((numbers[right] ?? 0) > pivot) right--;
      if (left > right) break;
      const kept = numbers[left] ?? 0;
      numbers[left++] = numbers[right] ?? 0;
      numbers[right--] = kept;
    }
    if (index <= right) high = right;
    else if (index >= left) low = left;
    else break;
  }
  return numbers[index] ?? 0;
}
